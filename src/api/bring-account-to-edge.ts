import { publishAccount } from "../accounts/account-publication.ts";
import { accountTableOf } from "../accounts/account-table.ts";
import { log } from "../log/log.ts";
import type { RestContext } from "../rest/context.ts";
import { ownerOf } from "../usage/batch.ts";
import { Problem } from "./errors.ts";

/**
 * Brings a change of an account to the edge: to KV, and to the account's meters, which tell every isolate that brings them its
 * counts. A change is acknowledged only when KV has it.
 */
export async function bringAccountToEdge(c: RestContext, account: string): Promise<void> {
  const result = await publishAccount(c.env.ACCOUNT_PUBLISHER, accountTableOf(c.env.ZONES), account);
  if (result.kind === "pending") throw new Problem("not_published");
  const meters = (["live", "test"] as const).map((mode) => c.env.USAGE_METER.getByName(ownerOf({ account, mode })));
  for (const told of await Promise.allSettled(meters.map((meter) => meter.know(result.document)))) {
    // Isolates that count will then learn it from KV.
    if (told.status === "rejected") log("meter_not_told", { account, error: told.reason });
  }
}
