import { WorkerEntrypoint } from "cloudflare:workers";
import { isAccountKey } from "./accounts/account-table.ts";
import type { FeedName } from "./documents/change.ts";
import type { DocumentPublisher } from "./documents/document-publisher.ts";
import type { Env } from "./env.ts";
import { isHostKey } from "./hostnames/host-table.ts";
import { zoneKey } from "./zones/zone-table.ts";

/**
 * How long the network's cache answers in place of the feed, seconds. A closed segment never changes, nor does the answer to a
 * request by revision.
 */
const HEAD_SECONDS = 1;
const SEGMENT_SECONDS = 600;
const DOCUMENT_SECONDS = 60;

/**
 * What isolates ask the feeds of changes and the publishers for. It is a separate entrypoint so that Workers Cache is in front
 * of it: a feed is asked once a second by the network, not by each location. Nobody outside can call it.
 */
export class Changes extends WorkerEntrypoint<Pick<Env, "CHANGE_FEED" | PublisherName>> {
  /** `/changes/<feed>/head`, `/changes/<feed>/segments/<number>`, `/changes/<feed>/newest?key=…&revision=…` */
  override async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [, , name = "", what = "", number = ""] = pathname.split("/");
    const feed = this.env.CHANGE_FEED.getByName(name as FeedName);
    switch (what) {
      case "head":
        return cacheable(JSON.stringify(await feed.head()), HEAD_SECONDS);
      case "segments": {
        const changes = await feed.segment(Number(number));
        return changes === null ? missing() : cacheable(JSON.stringify(changes), SEGMENT_SECONDS);
      }
      case "newest":
        return cacheable((await this.#newest(searchParams.get("key") ?? "")) ?? "null", DOCUMENT_SECONDS);
      default:
        return missing();
    }
  }

  #newest(key: string): Promise<string | null> {
    const { publishers, name } = publisherOf(key, this.env);
    return publishers.getByName(name).newest(name);
  }
}

type PublisherName = "ZONE_PUBLISHER" | "ACCOUNT_PUBLISHER" | "HOST_PUBLISHER" | "RECORD_PUBLISHER";

/** The object that publishes the document under a key, and the name that it knows the document by. */
function publisherOf(key: string, env: Pick<Env, PublisherName>) {
  const name = key.slice(key.indexOf(":") + 1);
  const as = <Document>(publishers: DurableObjectNamespace<DocumentPublisher<Document>>, called: string) => ({
    publishers: publishers as unknown as DurableObjectNamespace<DocumentPublisher<unknown>>,
    name: called,
  });
  if (key.startsWith(zoneKey(""))) return as(env.ZONE_PUBLISHER, name);
  if (isAccountKey(key)) return as(env.ACCOUNT_PUBLISHER, name);
  if (isHostKey(key)) return as(env.HOST_PUBLISHER, name);
  return as(env.RECORD_PUBLISHER, key);
}

function cacheable(json: string, seconds: number): Response {
  const control = { "cloudflare-cdn-cache-control": `max-age=${seconds}, must-revalidate` };
  return new Response(json, { headers: { "content-type": "application/json", ...control } });
}

function missing(): Response {
  return new Response(null, { status: 404, headers: { "cloudflare-cdn-cache-control": "no-store" } });
}
