import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CannotStart } from "./cannot-start.ts";
import { makeFolder } from "./private-files.ts";

/** A restore into the folder was interrupted: its content is neither the old nor the new. */
export class RestoreUnfinished extends CannotStart {
  constructor(stateDir: string, file: string) {
    super(`the restore of ${file} into ${stateDir} was broken off: finish it with npm run restore -- ${file}`);
  }
}

/** Another server is using the folder. */
export class StateInUse extends CannotStart {
  constructor(stateDir: string) {
    super(`another server keeps its state in ${stateDir}: stop it, or choose another folder with STATE_DIR`);
  }
}

/** The folder cannot be used. */
export class StateUnusable extends CannotStart {
  constructor(stateDir: string, reason: string) {
    super(`${stateDir} cannot hold the state of a server (${reason}): choose another folder with STATE_DIR`);
  }
}

const SQLITE_BUSY = 5;
const SQLITE_NOTADB = 26;

/**
 * Takes a state folder for this process only, until it ends, however it ends: the operating system releases the locks of a
 * process that is gone. It uses SQLite's file lock, since Node has none of its own.
 *
 * @param forRestore whether this is a restore, which alone may take a folder with an unfinished restore
 * @throws {StateInUse | StateUnusable}
 * @throws {RestoreUnfinished}
 */
export function lockState(stateDir: string, forRestore = false): void {
  const path = join(stateDir, "server.lock");
  try {
    makeFolder(stateDir);
    const file = new DatabaseSync(path, { timeout: 0 });
    held.push(file);
    file.exec("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
  } catch (error) {
    const { errcode, code, message } = error as { errcode?: number; code?: string; message: string };
    if (errcode === SQLITE_BUSY) throw new StateInUse(stateDir);
    if (errcode === SQLITE_NOTADB) throw new StateUnusable(stateDir, `${path} belongs to somebody else`);
    throw new StateUnusable(stateDir, errcode === undefined && code !== undefined ? code : message);
  }
  const unfinished = unfinishedRestore(stateDir);
  if (unfinished !== null && !forRestore) throw new RestoreUnfinished(stateDir, unfinished.file);
}

/** A restore into a folder that has begun and not finished. */
export interface UnfinishedRestore {
  /** The backup being restored. */
  file: string;
  /** The backup of what was there before; null: there is none. */
  before: string | null;
}

/** The unfinished restore of a folder; null: there is none. */
export function unfinishedRestore(stateDir: string): UnfinishedRestore | null {
  const marker = join(stateDir, RESTORE_MARKER);
  return existsSync(marker) ? (JSON.parse(readFileSync(marker, "utf8")) as UnfinishedRestore) : null;
}

/** Records that a restore has begun or, with null, that it has finished. */
export function noteRestore(stateDir: string, restore: UnfinishedRestore | null): void {
  const marker = join(stateDir, RESTORE_MARKER);
  if (restore === null) rmSync(marker, { force: true });
  else writeFileSync(marker, JSON.stringify(restore), { mode: 0o600 });
}

const RESTORE_MARKER = "restore-unfinished.json";

/** If a lock's database were garbage-collected, the lock would be gone. */
const held: DatabaseSync[] = [];
