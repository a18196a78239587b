import { appendFileSync, chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { projectRoot } from "./project.ts";

/** wrangler's file for local secrets, beside `wrangler.toml`; git ignores it. */
const file = join(projectRoot, ".dev.vars");

/** The value of a local secret; null: there is none yet. */
export function devVar(name: string): string | null {
  return (existsSync(file) && parseEnv(readFileSync(file, "utf8"))[name]) || null;
}

/**
 * Stores a local secret for the next start, in a file that only its user may read. Of two lines with one name, the later
 * counts.
 */
export function rememberDevVar(name: string, value: string): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (text !== "") chmodSync(file, 0o600); // the file may have been made by hand
  appendFileSync(file, `${text === "" || text.endsWith("\n") ? "" : "\n"}${name}=${value}\n`, { mode: 0o600 });
}
