import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { NO_POP } from "../usage/pace.ts";
import { extractMeter } from "./backup-file.ts";
import { locationMeterFile, type StateFiles } from "./state-files.ts";

/**
 * Puts the meters of a backup into a folder: those of the accounts that the folder has none of, with what was counted for them.
 * What a location has counted since in the same folder stays, and what it had counted for those accounts comes beside it, as
 * another meter of that location.
 *
 * @returns how many were put there
 */
export function placeMeters(meters: StateFiles["meters"], backup: string, inBackup: readonly string[]): number {
  const pathOf = (meter: string) => join(meters.folder, meter);
  const isLocation = (meter: string) => dirname(meter) === meters.locations;
  // Backups of versions before November 2026 have accounts' meters alone, without their folder.
  const kept = inBackup.map((meter) => ({ meter, to: dirname(meter) === "." ? join(meters.accounts, meter) : meter }));
  const accounts = kept.filter(({ meter, to }) => !isLocation(meter) && !existsSync(pathOf(to)));
  const renamed = new Map<string, string>();
  let restored = 0;
  const place = (meter: string, to: string) => {
    mkdirSync(dirname(pathOf(to)), { recursive: true, mode: 0o700 });
    extractMeter(backup, meter, pathOf(to));
    restored++;
  };
  for (const { meter } of kept.filter((one) => isLocation(one.meter))) {
    if (!existsSync(pathOf(meter))) place(meter, meter);
    else if (accounts.length > 0) {
      const name = freeName(meters);
      const known = nameOf(meters, meter);
      if (known === null) continue;
      place(meter, locationMeterFile(meters, name));
      renamed.set(known, name);
    }
  }
  for (const { meter, to } of accounts) {
    place(meter, to);
    rename(pathOf(to), renamed);
  }
  return restored;
}

/** More restores than one folder sees. */
const MOST_METERS = 1_000;

const NAMES = Array.from({ length: MOST_METERS }, (_, number) => (number === 0 ? NO_POP : `${NO_POP}.${number}`));

/** The name of a location's meter by its file: there is one location here. Null: it is of another. */
function nameOf(meters: StateFiles["meters"], meter: string): string | null {
  return NAMES.find((name) => locationMeterFile(meters, name) === meter) ?? null;
}

function freeName(meters: StateFiles["meters"]): string {
  return NAMES.find((name) => !existsSync(join(meters.folder, locationMeterFile(meters, name))))!;
}

/** Has an account's meter know the meters that have counted for it by other names. */
function rename(file: string, names: ReadonlyMap<string, string>): void {
  if (names.size === 0) return;
  using database = new DatabaseSync(file);
  const hasMeters = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meters'").get() !== undefined;
  if (!hasMeters) return;
  const update = database.prepare("UPDATE meters SET name = ? WHERE name = ?");
  for (const [from, to] of names) update.run(to, from);
}
