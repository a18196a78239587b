import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** Why nothing can be tried here; null: it can. */
export const whyNot = (): string | null => {
  if (process.platform !== "linux") return "calls of libc are replaced as Linux does it";
  try {
    execFileSync("cc", ["--version"], { stdio: "ignore" });
    return null;
  } catch {
    return "there is no C compiler (cc)";
  }
};

/** A folder whose disk refuses writes when it is told to. */
export interface RefusingDisk {
  stateDir: string;
  /** For the processes that are to see it so. */
  env: Record<string, string>;
  refuse(error: "ENOSPC" | "EROFS" | "EIO"): Promise<void>;
  takeWrites(): Promise<void>;
  remove(): Promise<void>;
}

/** Makes one. Node and workerd read the disk as it is; their writes fail with the error that is asked for. */
export async function refusingDisk(): Promise<RefusingDisk> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-disk-"));
  const library = join(folder, "refuse-writes.so");
  const flag = join(folder, "refused");
  const stateDir = join(folder, "state");
  const source = join(import.meta.dirname, "refuse-writes.c");
  execFileSync("cc", ["-shared", "-fPIC", "-o", library, source, "-ldl"]);
  return {
    stateDir,
    env: { STATE_DIR: stateDir, LD_PRELOAD: library, REFUSE_WRITES: flag, REFUSE_WRITES_BELOW: stateDir },
    refuse: (error) => writeFile(flag, String(constants.errno[error])),
    takeWrites: () => rm(flag, { force: true }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
