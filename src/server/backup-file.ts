/**
 * A backup is one file: D1 as SQLite, so that it can be inspected, with two extra tables of ours that hold the usage meters in
 * pieces.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { inspect } from "node:util";
import { newerMigration } from "./apply-migrations.ts";
import { CannotStart } from "./cannot-start.ts";
import { meterFiles, type StateFiles } from "./state-files.ts";

/** "RCDN" */
const APPLICATION_ID = 0x52_43_44_4e;
const PIECE_BYTES = 4 * 1024 ** 2;
/** How long a reader of a running server's files waits for its writes. */
const BUSY_MS = 30_000;

/** What a backup contains. */
export interface BackupContents {
  /** When it was taken, ms since the epoch. */
  takenAt: number;
  accounts: number;
  zones: number;
  records: number;
  /** How many files of zones it lists. The files themselves are in buckets, not in the backup. */
  files: number;
  /** The file names of the meters. */
  meters: string[];
}

/**
 * Takes a backup of files that a server may be using: each is read in one SQLite transaction.
 *
 * @throws {CannotStart}
 */
export function takeBackup({ database, meters }: StateFiles, file: string, now: number): BackupContents {
  if (!existsSync(database)) throw new CannotStart(`there is nothing to back up: ${database} does not exist`);
  if (existsSync(file)) throw new CannotStart(`${file} already exists: name another file`);
  refuseFolder(dirname(file));
  const part = `${file}.part`;
  const meterPart = `${file}.meter`;
  const remove = () => {
    for (const path of [part, `${part}-journal`, meterPart]) rmSync(path, { force: true });
  };
  remove(); // of one that was interrupted
  try {
    copyDatabase(database, part);
    using backup = new DatabaseSync(part);
    backup.exec(`PRAGMA application_id = ${APPLICATION_ID};
      CREATE TABLE backup_info (taken_at INTEGER NOT NULL) STRICT;
      CREATE TABLE backup_pieces (meter TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (meter, number)) STRICT`);
    backup.prepare("INSERT INTO backup_info (taken_at) VALUES (?)").run(now);
    for (const meter of meterFiles(meters)) {
      copyDatabase(join(meters.folder, meter), meterPart);
      keepPieces(backup, meter, meterPart);
      rmSync(meterPart);
    }
    const contents = contentsOf(backup);
    backup.close();
    renameSync(part, file);
    return contents;
  } catch (error) {
    remove();
    throw withoutRoom(error, file);
  }
}

/**
 * Reads what a backup contains.
 *
 * @param known the migrations of this version
 * @throws {CannotStart} it is not a backup, is damaged, or is from a newer version
 */
export function readBackup(file: string, known: readonly string[]): BackupContents {
  if (!existsSync(file)) throw new CannotStart(`there is no file ${file}`);
  if (!statSync(file).isFile()) throw noBackup(file);
  try {
    using backup = new DatabaseSync(file, { readOnly: true });
    const { application_id } = backup.prepare("PRAGMA application_id").get() as { application_id: number };
    if (application_id !== APPLICATION_ID) throw noBackup(file);
    const [check] = backup.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
    if (check?.quick_check !== "ok") throw damaged(file, check?.quick_check);
    const applied = backup.prepare("SELECT name FROM d1_migrations ORDER BY id").all() as { name: string }[];
    const newer = newerMigration(
      applied.map(({ name }) => name),
      known,
    );
    if (newer !== null)
      throw new CannotStart(
        `${file} is from a newer version than this one: restore it with a version that has ${newer}`,
      );
    return contentsOf(backup);
  } catch (error) {
    if (error instanceof CannotStart) throw error;
    const { errcode, message } = error as { errcode?: number; message: string };
    if (errcode === NOT_A_DATABASE || errcode === CANNOT_OPEN) throw noBackup(file);
    throw damaged(file, message);
  }
}

function refuseFolder(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new CannotStart(`${folder} is not a folder that you may write to`);
  }
}

const NOT_A_DATABASE = 26;
const CANNOT_OPEN = 14;
const FULL = 13;

function noBackup(file: string): CannotStart {
  return new CannotStart(`${file} is not a backup of ResCDN: npm run backup makes them`);
}

function damaged(file: string, how: string | undefined): CannotStart {
  return new CannotStart(`${file} is damaged, and nothing was touched: ${how}. Use an earlier backup`);
}

/** Writes a backup's database to a file, as D1 had it. */
export function extractDatabase(file: string, to: string): void {
  copyDatabase(file, to);
  using database = new DatabaseSync(to);
  database.exec("DROP TABLE backup_info; DROP TABLE backup_pieces; PRAGMA application_id = 0");
}

/** Writes one of a backup's meters to a file. */
export function extractMeter(file: string, meter: string, to: string): void {
  using backup = new DatabaseSync(file, { readOnly: true });
  const part = `${to}.part`;
  const out = openSync(part, "w", 0o600);
  try {
    const pieces = backup.prepare("SELECT bytes FROM backup_pieces WHERE meter = ? ORDER BY number");
    for (const { bytes } of pieces.iterate(meter) as Iterable<{ bytes: Uint8Array }>) {
      for (let written = 0; written < bytes.length; ) written += writeSync(out, bytes, written);
    }
  } finally {
    closeSync(out);
  }
  renameSync(part, to);
}

/** Copies a database, as it is at one moment, into a new file. */
function copyDatabase(from: string, to: string): void {
  rmSync(to, { force: true });
  using database = new DatabaseSync(from, { readOnly: true, timeout: BUSY_MS });
  database.prepare("VACUUM INTO ?").run(to);
}

function keepPieces(backup: DatabaseSync, meter: string, file: string): void {
  const insert = backup.prepare("INSERT INTO backup_pieces (meter, number, bytes) VALUES (?, ?, ?)");
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    for (let at = 0, number = 0; at < size; number++) {
      const bytes = new Uint8Array(Math.min(PIECE_BYTES, size - at));
      at += readSync(descriptor, bytes, 0, bytes.length, at);
      insert.run(meter, number, bytes);
    }
  } finally {
    closeSync(descriptor);
  }
}

function contentsOf(backup: DatabaseSync): BackupContents {
  const counts = backup
    .prepare(
      `SELECT (SELECT taken_at FROM backup_info) AS takenAt, (SELECT COUNT(*) FROM accounts) AS accounts,
              (SELECT COUNT(*) FROM zones WHERE state <> 'deleted') AS zones,
              (SELECT COUNT(*) FROM records WHERE state <> 'deleted') AS records`,
    )
    .get() as unknown as Omit<BackupContents, "meters" | "files">;
  const meters = backup.prepare("SELECT DISTINCT meter FROM backup_pieces ORDER BY meter").all() as { meter: string }[];
  return { ...counts, files: filesIn(backup), meters: meters.map(({ meter }) => meter) };
}

/** Backups from older versions lack this table. */
function filesIn(backup: DatabaseSync): number {
  const table = backup.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'files'").get();
  return table === undefined
    ? 0
    : (backup.prepare("SELECT COUNT(*) AS files FROM files").get() as { files: number }).files;
}

/** What to throw if the disk is full; any other error is returned unchanged. */
export function withoutRoom(error: unknown, where: string): unknown {
  const { errcode } = error as { errcode?: number };
  // esbuild and workerd word it differently.
  if (errcode !== FULL && !/ENOSPC|EDQUOT|no space left|database or disk is full/i.test(inspect(error))) return error;
  return new CannotStart(`there is not enough space on the disk for ${where}: free some, and run this again`);
}
