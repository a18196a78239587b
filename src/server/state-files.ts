import { createHash, createHmac } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig as readConfig } from "wrangler";
import { wranglerConfig } from "./project.ts";

/** Where a server keeps everything that exists nowhere else; the rest of its folder can be recreated from it. */
export interface StateFiles {
  /** D1. */
  database: string;
  /**
   * The folders of the usage meters, with one file each: `locations` have the counts, `accounts` know which of those belong to
   * them.
   */
  meters: { folder: string; locations: string; accounts: string };
  /** Where the caches of responses are. */
  cache: string;
}

/** The files below a state folder, whether they exist or not. */
export function stateFiles(stateDir: string): StateFiles {
  const { name = "", d1_databases } = readConfig({ config: wranglerConfig });
  const [{ database_id, binding } = { binding: "DB" }] = d1_databases;
  const object = objectId("miniflare-D1DatabaseObject", database_id ?? binding);
  return {
    database: join(stateDir, "v3/d1/miniflare-D1DatabaseObject", `${object}.sqlite`),
    meters: {
      folder: join(stateDir, "v3/do"),
      locations: `${name}-LocationMeter`,
      accounts: `${name}-UsageMeter`,
    },
    cache: join(stateDir, "cache"),
  };
}

/**
 * The meters' files, relative to their folder. Those of locations come first, so that an account's meter, copied later, knows
 * each location that has counted for it.
 */
export function meterFiles({ folder, locations, accounts }: StateFiles["meters"]): string[] {
  return [locations, accounts].flatMap((kind) => {
    if (!existsSync(join(folder, kind))) return [];
    const names = readdirSync(join(folder, kind)).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
    return names.map((name) => join(kind, name));
  });
}

/** The file of a location's meter, in the same form as {@link meterFiles}. */
export function locationMeterFile({ locations }: StateFiles["meters"], name: string): string {
  return join(locations, `${objectId(locations, name)}.sqlite`);
}

/** The id of the Durable Object with a name, as Miniflare makes it: its file's name. */
function objectId(uniqueKey: string, name: string): string {
  const key = createHash("sha256").update(uniqueKey).digest();
  const mac = (data: string | Buffer) => createHmac("sha256", key).update(data).digest().subarray(0, 16);
  const ofName = mac(name);
  return Buffer.concat([ofName, mac(ofName)]).toString("hex");
}
