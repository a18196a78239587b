import { existsSync, mkdirSync, rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** From now on, everything that this process and its children create is for this user only. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Makes a folder and those above it. Node's own function tries forever if a system says that the parent does not exist, as
 * /proc does.
 */
export function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process has made it meanwhile.
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
}

/** Makes a folder if it does not exist. If it does, closes it and everything in it to others. */
export async function privateFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}

/** A folder for a server's Unix sockets, for this user only. It is not in the state's folder, whose path may be too long. */
export async function socketFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "rescdn-"));
  const remove = () => rm(path, { recursive: true, force: true });
  process.once("exit", () => rmSync(path, { recursive: true, force: true })); // for a start that is interrupted
  if (path.length > LONGEST) {
    await remove();
    throw new Error(`${tmpdir()} is too long a path for sockets: choose a shorter one with TMPDIR`);
  }
  return { path, remove };
}

/** Systems allow socket paths of up to 103 bytes; names in the folder have at most 22. */
const LONGEST = 80;
