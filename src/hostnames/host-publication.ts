import { askPublisher, LAGGING_BOUND, republish } from "../documents/ask-publisher.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import type { HostDocument } from "./host-document.ts";
import type { HostPublisher } from "./host-publisher.ts";
import type { HostTable } from "./host-table.ts";
import { laggingHosts } from "./published-hosts.ts";

type Publishers = DurableObjectNamespace<HostPublisher>;

/** Publishes where a hostname leads now, and updates this isolate's table at once. */
export async function publishHost(
  publishers: Publishers,
  table: HostTable,
  hostname: string,
): Promise<PublishResult<HostDocument>> {
  const result = await askPublisher(publishers, "host", hostname);
  if (result.kind === "published") table.remember(result.document, Date.now());
  return result;
}

/** Publishes several hostnames. False: the cron has to do some of them again. */
export async function publishHosts(
  publishers: Publishers,
  table: HostTable,
  hostnames: readonly string[],
): Promise<boolean> {
  const results = await Promise.all(hostnames.map((hostname) => publishHost(publishers, table, hostname)));
  return results.every(({ kind }) => kind === "published");
}

/** For the cron: publishes hostnames whose change has not reached the zone table. */
export async function republishLaggingHosts(db: D1Database, publishers: Publishers) {
  return republish(publishers, "host", await laggingHosts(db, LAGGING_BOUND));
}
