import { randomBytes } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { Failed } from "./failed.ts";
import { reasonOf } from "./input.ts";

/** A sign-in that is kept. */
export interface Profile {
  /** `https://api.rescdn.io`. */
  api: string;
  /** A key of ResCDN. */
  rescdn?: string;
  /** A key of ResolveDB. */
  resolvedb?: string;
  /** The keys' ids if `login` created them, so that `logout` can revoke them. */
  made?: { rescdn: string; resolvedb: string | null };
}

interface Config {
  profiles: Record<string, Profile>;
}

/** Where profiles are kept (XDG Base Directory Specification: a path that is not absolute is ignored). */
export function configPath(): string {
  const base = process.env.XDG_CONFIG_HOME ?? "";
  return join(isAbsolute(base) ? base : join(homedir(), ".config"), "rescdn", "config.json");
}

/** The profile with a name, or null. */
export async function readProfile(name: string): Promise<Profile | null> {
  const { profiles } = await readConfig();
  return Object.hasOwn(profiles, name) ? profiles[name]! : null;
}

/** Stores a profile, or removes it (null). Only its user may read the file. */
export async function writeProfile(name: string, profile: Profile | null): Promise<void> {
  const { profiles } = await readConfig();
  const { [name]: _, ...others } = profiles;
  const config: Config = { profiles: profile === null ? others : { ...others, [name]: profile } };
  const path = configPath();
  const written = `${path}.${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(written, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    await rename(written, path);
  } catch (error) {
    await rm(written, { force: true });
    throw new Failed(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

async function readConfig(): Promise<Config> {
  const path = configPath();
  let json: string;
  try {
    json = await readFile(path, "utf8");
    // Somebody may have copied it so that others can read it.
    await chmod(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { profiles: {} };
    throw new Failed(`cannot read ${path}: ${reasonOf(error)}`);
  }
  try {
    const { profiles } = JSON.parse(json) as Config;
    return { profiles: typeof profiles === "object" && profiles !== null ? profiles : {} };
  } catch {
    throw new Failed(`${path} is not JSON`, { hint: "remove it, and sign in again with rescdn login" });
  }
}
