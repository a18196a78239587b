import type { Unstable_Config as WranglerConfig } from "wrangler";

/** The databases of `wrangler.toml`, by binding, as Miniflare takes them. */
export function databasesOf(config: WranglerConfig): Record<string, string> {
  return Object.fromEntries(config.d1_databases.map(({ binding, database_id }) => [binding, database_id ?? binding]));
}
