import type { Unstable_Config as WranglerConfig } from "wrangler";

/** The databases in `wrangler.toml`, by binding, in Miniflare's form. */
export function databasesOf(config: WranglerConfig): Record<string, string> {
  return Object.fromEntries(config.d1_databases.map(({ binding, database_id }) => [binding, database_id ?? binding]));
}
