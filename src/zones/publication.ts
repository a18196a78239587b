import { askPublisher, LAGGING_BOUND, republish } from "../documents/ask-publisher.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import type { ZonePublisher } from "./publisher.ts";
import type { ZoneDocument } from "./zone.ts";
import { laggingNames } from "./zone-document.ts";
import { legibleDocument, type ZoneTable } from "./zone-table.ts";

type Publishers = DurableObjectNamespace<ZonePublisher>;

/** Publishes a name's newest zone, and tells this isolate's table at once. */
export async function publishZone(
  publishers: Publishers,
  table: ZoneTable,
  name: string,
): Promise<PublishResult<ZoneDocument>> {
  const result = await askPublisher(publishers, "zone", name);
  // While a new release is being rolled out, the publisher may still run the previous one.
  if (result.kind === "published") table.remember(legibleDocument(result.document), Date.now());
  return result;
}

/** For the cron: publishes zones whose change never reached the zone table. */
export async function republishLagging(db: D1Database, publishers: Publishers) {
  return republish(publishers, "zone", await laggingNames(db, LAGGING_BOUND));
}
