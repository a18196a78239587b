import type { PublishResult, ZonePublisher } from "./publisher.ts";
import { laggingNames } from "./zone-document.ts";
import type { ZoneTable } from "./zone-table.ts";

type Publishers = DurableObjectNamespace<ZonePublisher>;

/** Publishes a name's newest zone and lets this isolate's table know it at once. */
export async function publishZone(publishers: Publishers, table: ZoneTable, name: string): Promise<PublishResult> {
  const result = await publish(publishers, name);
  if (result.kind === "published") table.remember(result.document, Date.now());
  return result;
}

async function publish(publishers: Publishers, name: string): Promise<PublishResult> {
  try {
    // The types of remote calls turn tuples into arrays; the values stay what they are.
    return (await publishers.getByName(name).publish(name)) as PublishResult;
  } catch (error) {
    // The object could not be reached, so it knows nothing of this change: the cron finds the zone lagging.
    console.error(JSON.stringify({ event: "publisher_unreachable", zone: name, error: String(error) }));
    return { kind: "pending", reason: String(error) };
  }
}

/** How many names one run of the cron takes on. */
const LAGGING_BOUND = 200;

/** For the cron: publishes zones whose change never reached the zone table. */
export async function republishLagging(
  db: D1Database,
  publishers: Publishers,
): Promise<{ lagging: number; published: number }> {
  const names = await laggingNames(db, LAGGING_BOUND);
  const results = await Promise.all(names.map((name) => publish(publishers, name)));
  return { lagging: names.length, published: results.filter(({ kind }) => kind === "published").length };
}
