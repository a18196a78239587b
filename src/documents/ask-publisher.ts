import { log } from "../log/log.ts";
import type { DocumentPublisher, PublishResult } from "./document-publisher.ts";

/** What a binding's objects must be able to do. */
type Publishers<Document> = DurableObjectNamespace<DocumentPublisher<Document>>;

/**
 * Asks the publisher of a name to publish what D1 holds now.
 *
 * @param what the kind of thing that the document describes, for the log: "zone"
 */
export async function askPublisher<Document>(
  publishers: Publishers<Document>,
  what: string,
  name: string,
): Promise<PublishResult<Document>> {
  try {
    // The types of remote calls turn tuples into arrays, but the values stay the same.
    return (await publishers.getByName(name).publish(name)) as PublishResult<Document>;
  } catch (error) {
    // The object could not be reached, so it does not know of this change. The cron will find the document lagging.
    log("publisher_unreachable", { [what]: name, error });
    return { kind: "pending", reason: String(error) };
  }
}

/** How many documents of a kind one run of the cron publishes. */
export const LAGGING_BOUND = 200;

/** For the cron: publishes names whose change never reached the zone table. */
export async function republish<Document>(
  publishers: Publishers<Document>,
  what: string,
  names: readonly string[],
): Promise<{ lagging: number; published: number }> {
  const results = await Promise.all(names.map((name) => askPublisher(publishers, what, name)));
  return { lagging: names.length, published: results.filter(({ kind }) => kind === "published").length };
}
