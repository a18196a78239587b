import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Another server works with the folder. */
export class StateInUse extends Error {
  constructor(stateDir: string) {
    super(`another server keeps its state in ${stateDir}: stop it, or choose another folder with STATE_DIR`);
  }
}

const SQLITE_BUSY = 5;

/**
 * Takes a folder of state for this process alone, until it ends, however it ends: the operating system lets go of the lock of
 * a process that is gone. It is SQLite's lock of a file, since Node has none of its own.
 *
 * @throws {StateInUse}
 */
export function lockState(stateDir: string): void {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const file = new DatabaseSync(join(stateDir, "server.lock"), { timeout: 0 });
  try {
    file.exec("PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE");
  } catch (error) {
    throw (error as { errcode?: number }).errcode === SQLITE_BUSY ? new StateInUse(stateDir) : error;
  }
  held.push(file);
}

/** A lock whose database were collected as garbage would be gone. */
const held: DatabaseSync[] = [];
