import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { NO_POP } from "../usage/pace.ts";
import { extractMeter } from "./backup-file.ts";
import { locationMeterFile, type StateFiles } from "./state-files.ts";

/**
 * Puts the meters of a backup into a folder: those of accounts for which the folder has none, with what was counted for them.
 * What a location has since counted in the same folder stays. What it had counted for those accounts is put beside it, as
 * another meter of that location.
 *
 * @returns how many were put there
 */
export function placeMeters(meters: StateFiles["meters"], backup: string, inBackup: readonly string[]): number {
  const pathOf = (meter: string) => join(meters.folder, meter);
  const isLocation = (meter: string) => dirname(meter) === meters.locations;
  // Backups from before November 2026 only have accounts' meters, without their folder.
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

/** More than the number of restores that one folder will see. */
const MOST_METERS = 1_000;

const NAMES = Array.from({ length: MOST_METERS }, (_, number) => (number === 0 ? NO_POP : `${NO_POP}.${number}`));

/** The name of a location's meter by its file, as there is only one location here. Null: it belongs to another. */
function nameOf(meters: StateFiles["meters"], meter: string): string | null {
  return NAMES.find((name) => locationMeterFile(meters, name) === meter) ?? null;
}

function freeName(meters: StateFiles["meters"]): string {
  return NAMES.find((name) => !existsSync(join(meters.folder, locationMeterFile(meters, name))))!;
}

/** Tells an account's meter the new names of the meters that have counted for it. */
function rename(file: string, names: ReadonlyMap<string, string>): void {
  if (names.size === 0) return;
  using database = new DatabaseSync(file);
  const hasMeters = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meters'").get() !== undefined;
  if (!hasMeters) return;
  const update = database.prepare("UPDATE meters SET name = ? WHERE name = ?");
  for (const [from, to] of names) update.run(to, from);
}
