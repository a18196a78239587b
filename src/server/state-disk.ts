/** The disk that a server keeps its state on, and whether it takes writes. */
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { CannotStart } from "./cannot-start.ts";
import { makeFolder } from "./private-files.ts";

/** What a start needs besides the state: the built Workers (bytes). */
const START_BYTES = 16 * 1_048_576;

/** The size of a small change (bytes). */
const CHANGE_BYTES = 262_144;

/** "Disk quota exceeded", for which libuv has no name. */
const EDQUOT = 122;

/** The disk takes no writes; the message says what to do. */
export class DiskTakesNothing extends CannotStart {
  readonly event: "disk_full" | "disk_refuses";

  constructor(stateDir: string, code: string) {
    const isFull = code === "ENOSPC" || code === "EDQUOT";
    super(
      isFull
        ? `the disk is full: free some space where ${stateDir} is, or choose another folder with STATE_DIR`
        : `${stateDir} cannot be written to (${code}): look at its mount and its owner, or choose another folder with STATE_DIR`,
    );
    this.event = isFull ? "disk_full" : "disk_refuses";
  }
}

/** The folder on the state's disk in which a Worker tries to write, as a binding. */
export function probeFolder(stateDir: string) {
  const path = join(stateDir, "probe");
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return { STATE_DISK: { disk: { path, writable: true } } } as const;
}

/** Why the disk does not take even a small change; null: it does. */
export function troubleOf(stateDir: string): DiskTakesNothing | null {
  return tryWriting(stateDir, CHANGE_BYTES);
}

/** @throws {DiskTakesNothing} if there is not even room to start */
export function requireRoom(stateDir: string): void {
  const trouble = tryWriting(stateDir, START_BYTES);
  if (trouble !== null) throw trouble;
}

function tryWriting(stateDir: string, bytes: number): DiskTakesNothing | null {
  const path = join(stateDir, "room");
  try {
    makeFolder(stateDir);
    const file = openSync(path, "w", 0o600);
    try {
      const chunk = new Uint8Array(Math.min(bytes, 1_048_576));
      for (let written = 0; written < bytes; written += chunk.byteLength) writeSync(file, chunk);
    } finally {
      closeSync(file);
    }
    return null;
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return new DiskTakesNothing(stateDir, errno === -EDQUOT ? "EDQUOT" : code);
  } finally {
    if (existsSync(path)) rmSync(path, { force: true });
  }
}
