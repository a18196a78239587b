import type { AccountTable } from "../accounts/account-table.ts";
import type { HostTable } from "../hostnames/host-table.ts";
import type { Settings } from "../settings.ts";
import { TableUnavailable, type ZoneTable } from "../zones/zone-table.ts";
import type { Usage } from "./answer/send.ts";
import type { Watching } from "./answer/watch.ts";
import type { Memory } from "./cache/memory.ts";
import type { Filling } from "./fill/exchange.ts";
import type { ClientRates } from "./policy/client-rates.ts";
import type { Judging } from "./policy/judge.ts";
import type { Routes } from "./request/routes.ts";

/** What the edge works with, made once for each isolate. */
export interface Edge extends Filling, Judging {
  rates: ClientRates;
  routes: Routes;
  hostnames: HostTable;
  zones: ZoneTable;
  accounts: AccountTable;
  memory: Memory;
  usage: Usage;
  watching: Watching;
  settings: Pick<Settings, "edgeDomains">;
}

/** What was looked up, or `"unavailable"` if that is impossible just now. */
export function orUnavailable<Found>(found: Found | Promise<Found>): Found | Promise<Found | "unavailable"> {
  if (!(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof TableUnavailable) return "unavailable" as const;
    throw error;
  });
}
