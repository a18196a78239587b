import { askPublisher, LAGGING_BOUND, republish } from "../documents/ask-publisher.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import type { AccountDocument } from "./account-document.ts";
import type { AccountPublisher } from "./account-publisher.ts";
import type { AccountTable } from "./account-table.ts";
import { laggingAccounts } from "./published-accounts.ts";

type Publishers = DurableObjectNamespace<AccountPublisher>;

/** Publishes what the edge has to know about an account, and updates this isolate's table at once. */
export async function publishAccount(
  publishers: Publishers,
  table: AccountTable,
  id: string,
): Promise<PublishResult<AccountDocument>> {
  const result = await askPublisher(publishers, "account", id);
  if (result.kind === "published") table.remember(result.document, Date.now());
  return result;
}

/** For the cron: publishes accounts whose change has not reached the zone table. */
export async function republishLaggingAccounts(db: D1Database, publishers: Publishers) {
  return republish(publishers, "account", await laggingAccounts(db, LAGGING_BOUND));
}
