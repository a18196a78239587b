import { z } from "@hono/zod-openapi";

/** A word of `Cache-Status` with its meaning. */
export const whyWord = z
  .object({
    word: z.string().openapi({ example: "no-store" }).describe("As in `detail` of `Cache-Status`."),
    of: z.enum(["cache", "store", "pass", "policy", "refusal", "origin", "tier"]),
    means: z.string().openapi({ example: "The origin says `no-store`." }),
    law: z.string().nullable().openapi({ example: "RFC 9111 §5.2.2.5" }).describe("The clause of an RFC behind it."),
    setting: z.string().nullable().openapi({ example: null }).describe("The zone's setting behind it."),
    cure: z.string().openapi({ example: "Have the origin leave it out." }).describe("What to do about it."),
  })
  .openapi("WhyWord");

const lifetime = z
  .object({
    seconds: z.int().openapi({ example: 86_400 }),
    source: z
      .string()
      .openapi({ example: "policy" })
      .describe("What sets it: a header field of the origin, or `policy`: the zone."),
    law: z.string().nullable().openapi({ example: null }),
    setting: z.string().nullable().openapi({ example: "ttl" }),
  })
  .openapi("WhyLifetime");

const text = (example: string) => z.string().openapi({ example });
const texts = (example: string) => z.array(text(example));

const store = z
  .object({
    stored: z.boolean(),
    word: whyWord.nullable().describe("Why not; null: it is stored."),
    lifetime,
    content_type: z
      .object({ said: text("text/plain").nullable(), sent: text("text/css").nullable() })
      .openapi("WhyContentType")
      .describe("What the origin says, and what clients are told."),
    size: z.int().nullable().openapi({ example: 1_024 }).describe("Bytes; null: the origin does not say."),
    vary: texts("accept-language"),
    tags: texts("release-41").describe("From `Cache-Tag` and `Surrogate-Key`, the first 100."),
  })
  .openapi("WhyStored");

/** What an origin answers, and what the edge makes of it. */
export const originReport = z
  .object({
    asked: text("https://your-origin.com/assets/site.css"),
    sent: texts("accept").describe("Names of the header fields that it was sent."),
    reachable: z.boolean(),
    status: z.int().nullable().openapi({ example: 200 }).describe("Null: there was no answer."),
    milliseconds: z.int().openapi({ example: 42 }).describe("Until the first byte of its answer."),
    fallback: z.boolean().describe("Whether the fallback origin answered."),
    fields: z
      .array(z.object({ name: text("cache-control"), value: text("max-age=60") }).openapi("WhyField"))
      .describe("As they arrived; of cookies only the names."),
    failure: whyWord.nullable().describe("Why there was no answer."),
    verdict: store.nullable().describe("Null: there was no answer."),
    story: texts("The origin answers 200 after 42 ms."),
  })
  .openapi("OriginReport");

/** What the edge would do with a request, and why. */
export const whyReport = z
  .object({
    url: text("https://my-assets.rescdn.io/assets/site.css"),
    method: text("GET"),
    summary: text("A hit: it is stored here, 5 minutes old and fresh for 23 hours more."),
    story: texts("my-assets.rescdn.io leads to the zone my-assets.").describe("The same step by step."),
    location: text("FRA").describe(
      "The location that answers, and whose cache is shown; `LOCAL`: a process of a server on one machine.",
    ),
    zone: z
      .object({
        id: text("zone_abc123"),
        name: text("my-assets"),
        mode: z.enum(["live", "test"]),
        state: z.enum(["active", "paused", "deleted"]),
        version: z
          .int()
          .openapi({ example: 3 })
          .describe("The version of the document that decides: purges raise it, too."),
      })
      .openapi("WhyZone"),
    hostname: z
      .object({ name: text("my-assets.rescdn.io"), custom: z.boolean().describe("Whether it is one of your own.") })
      .openapi("WhyHostname"),
    client: z
      .object({
        address: text("203.0.113.7").nullable(),
        country: text("DE").nullable(),
        asn: z.int().nullable().openapi({ example: 64_496 }),
      })
      .openapi("WhyClient")
      .describe("Who is assumed to ask: whoever makes this call, except for what its parameters say."),
    target: z
      .object({
        path: text("/assets/site.css"),
        query: text(""),
        key: text("zone_abc123/assets/site.css").describe("The cache key."),
        asset: z
          .object({ type: text("css"), content_type: text("text/css") })
          .openapi("WhyAsset")
          .nullable()
          .describe("What the name tells; null: nothing."),
        ttl: z
          .object({
            seconds: z.int().nullable().openapi({ example: 86_400 }).describe("Null: only the origin decides."),
            setting: text("ttl.css"),
            mode: z.enum(["respect", "override"]),
          })
          .openapi("WhyTtl"),
      })
      .openapi("WhyTarget"),
    rules: z
      .array(
        z
          .object({
            place: z.int().openapi({ example: 0 }).describe("Its place in the zone's list, from 0."),
            name: text("long-lived").nullable(),
            does: texts("edge_ttl"),
          })
          .openapi("WhyRule"),
      )
      .describe("Those that match."),
    access: z
      .object({
        verdict: z.enum(["passes", "refused", "answered", "not judged"]),
        word: whyWord.nullable(),
        until: z.iso.datetime().nullable().openapi({ example: null }).describe("When the URL's signature expires."),
      })
      .openapi("WhyAccess"),
    decision: z
      .object({
        kind: z.enum(["hit", "stale", "validate", "fetch", "wait", "pass", "answer", "refuse"]),
        status: z.int().nullable().openapi({ example: 200 }).describe("Null: the origin decides."),
        asks_origin: z.boolean(),
        cache_status: text("ResCDN; hit; ttl=86100").describe(
          "As far as this is known before the origin has answered.",
        ),
        word: whyWord.nullable(),
      })
      .openapi("WhyDecision"),
    stored: z
      .object({
        where: z.enum(["memory", "cache"]),
        use: z.enum(["fresh", "stale-while-revalidate", "validate", "purged"]),
        status: z.int().openapi({ example: 200 }),
        content_type: text("text/css").nullable(),
        size: z.int().nullable().openapi({ example: 1_024 }),
        etag: text('"5d41402abc4b"').nullable(),
        last_modified: text("Sat, 28 Feb 2026 10:00:00 GMT").nullable(),
        stored_at: z.iso.datetime(),
        age: z.int().openapi({ example: 300 }).describe("Seconds."),
        ttl: z.int().openapi({ example: 86_100 }).describe("Seconds that are left; 0 or less: stale."),
        lifetime,
        vary: texts("accept-language").describe("Request fields by which it is selected."),
        variant: text("accept-language:de\n").describe("Their values."),
        tags: z.int().openapi({ example: 2 }),
        tag_hashes: texts("mFhQ0v8cB1e1kY1bXcB1eA").describe("The first 50: the edge keeps only hashes of tags."),
        zone_version: z.int().openapi({ example: 2 }).describe("Purges with a later version apply to it."),
      })
      .openapi("WhyEntry")
      .nullable()
      .describe("Null: nothing."),
    purges: z
      .array(
        z
          .object({
            kind: z.enum(["everything", "path", "url", "prefix", "tag"]),
            name: text("/assets/").nullable().describe("The prefix, or a tag's hash."),
            soft: z.boolean(),
            version: z.int().openapi({ example: 3 }),
            at: z.iso.datetime().nullable().openapi({ example: null }).describe("When; known only for soft purges."),
            hits: z.boolean().describe("Whether it applies to what is stored here."),
          })
          .openapi("WhyPurge"),
      )
      .describe("The newest purge of each kind that matches the URL."),
    tier: z
      .string()
      .nullable()
      .openapi({ example: "through" })
      .describe("`through`: on a miss, the upper tier is asked; otherwise, why not. Null: there is none here."),
    origin: originReport.nullable().describe("Null: it was not asked."),
  })
  .openapi("Why");
