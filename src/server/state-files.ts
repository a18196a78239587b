import { createHash, createHmac } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { wranglerConfig } from "./project.ts";

/** Where a server keeps what is nowhere else; all the rest of its folder is made anew from it. */
export interface StateFiles {
  /** D1. */
  database: string;
  /** The usage meters, one file each. */
  meters: string;
  /** Where the caches of responses are. */
  cache: string;
}

/** The files below a folder of state, whether they are there or not. */
export function stateFiles(stateDir: string): StateFiles {
  const { name = "", d1_databases } = readConfig({ config: wranglerConfig });
  const [{ database_id, binding } = { binding: "DB" }] = d1_databases;
  const object = objectId("miniflare-D1DatabaseObject", database_id ?? binding);
  return {
    database: join(stateDir, "v3/d1/miniflare-D1DatabaseObject", `${object}.sqlite`),
    meters: join(stateDir, "v3/do", `${name}-UsageMeter`),
    cache: join(stateDir, "cache"),
  };
}

/** The names of the meters' files in their folder. */
export function meterFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
}

/** The id of the Durable Object of a name, as Miniflare makes it: the name of its file. */
function objectId(uniqueKey: string, name: string): string {
  const key = createHash("sha256").update(uniqueKey).digest();
  const mac = (data: string | Buffer) => createHmac("sha256", key).update(data).digest().subarray(0, 16);
  const ofName = mac(name);
  return Buffer.concat([ofName, mac(ofName)]).toString("hex");
}
