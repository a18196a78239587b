import { existsSync, mkdirSync, renameSync, rmSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BackupContents, extractDatabase, takeBackup, withoutRoom } from "./backup-file.ts";
import { CannotStart } from "./cannot-start.ts";
import { placeMeters } from "./place-meters.ts";
import { stateFiles } from "./state-files.ts";
import { noteRestore, unfinishedRestore } from "./state-lock.ts";

/** What was put where. */
export interface PlacedBackup {
  /** The backup of what was there before; null: there was nothing. */
  before: string | null;
  /** Why there is no such backup although there was something; the damaged database was put aside instead. */
  aside: { file: string; reason: string } | null;
  meters: { kept: number; restored: number };
}

/**
 * Puts a backup's database into the folder of a stopped server, and those meters for which the folder has none: what was
 * counted since the backup was taken was really served, whatever happened to zones. What it replaces is kept beside it. No
 * server starts on the folder until the restore is recorded as finished, because its zone table does not match the database.
 *
 * @throws {CannotStart}
 */
export function placeBackup(stateDir: string, file: string, contents: BackupContents, now: Date): PlacedBackup {
  const { database, meters, cache } = stateFiles(stateDir);
  const stamp = now.toISOString().slice(0, 19).replaceAll(":", "-");
  const unfinished = unfinishedRestore(stateDir);
  refuseWithoutRoom(stateDir, statSync(file).size + sizeOf(database));
  const part = `${database}.part`;
  try {
    const kept = unfinished === null ? keepBefore(stateDir, stamp, now) : { before: unfinished.before, aside: null };
    mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
    extractDatabase(file, part);
    noteRestore(stateDir, { file, before: kept.before });
    // What an older database left in its log would be taken for part of the new one.
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${database}${suffix}`, { force: true });
    renameSync(part, database);
    const restored = placeMeters(meters, file, contents.meters);
    rmSync(cache, { recursive: true, force: true });
    return { ...kept, meters: { kept: contents.meters.length - restored, restored } };
  } catch (error) {
    rmSync(part, { force: true });
    throw withoutRoom(error, stateDir);
  }
}

function keepBefore(stateDir: string, stamp: string, now: Date): Pick<PlacedBackup, "before" | "aside"> {
  const files = stateFiles(stateDir);
  if (!existsSync(files.database)) return { before: null, aside: null };
  const before = join(stateDir, `before-restore-${stamp}.backup`);
  try {
    takeBackup(files, before, now.getTime());
    return { before, aside: null };
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    const file = join(stateDir, `before-restore-${stamp}.sqlite`);
    for (const suffix of ["-wal", ""]) {
      if (existsSync(files.database + suffix)) renameSync(files.database + suffix, file + suffix);
    }
    return { before: null, aside: { file, reason: String(error) } };
  }
}

/** The space that a server's zone table and code take besides the database, bytes. */
const ROOM_BESIDE = 64 * 1024 ** 2;

/**
 * Room is needed for the old database, kept beside the new one, for a copy of the new one that is not yet in its place, and for
 * the zone table made from it.
 */
function refuseWithoutRoom(stateDir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(stateDir);
  const needed = 2 * bytes + ROOM_BESIDE;
  if (bavail * bsize > needed) return;
  const megabytes = (of: number) => `${Math.ceil(of / 1024 ** 2)} MB`;
  throw new CannotStart(
    `there is not enough space on the disk for ${stateDir}: the restore needs up to ${megabytes(needed)}, and only ` +
      `${megabytes(bavail * bsize)} are free. Nothing was touched`,
  );
}

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}
