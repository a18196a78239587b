import { existsSync, mkdirSync, rmSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** From now on, what this process and those that it starts create is for this user alone. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** Makes a folder and those above it. Node's own way tries forever where a system says that there is nothing to make it in, as /proc does. */
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

/** Makes a folder where there is none, and closes it to others where there is one, with all that it holds. */
export async function privateFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  return path;
}

/** A folder for the Unix sockets of a server, of this user alone. It is not in the state's, whose path may be too long. */
export async function socketFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "rescdn-"));
  const remove = () => rm(path, { recursive: true, force: true });
  process.once("exit", () => rmSync(path, { recursive: true, force: true })); // of a start that is broken off
  if (path.length > LONGEST) {
    await remove();
    throw new Error(`${tmpdir()} is too long a path for sockets: choose a shorter one with TMPDIR`);
  }
  return { path, remove };
}

/** Systems take paths of sockets of up to 103 bytes; the names in the folder have at most 22. */
const LONGEST = 80;
