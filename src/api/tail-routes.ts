import { z } from "@hono/zod-openapi";
import { LONGEST_SECONDS, MOST_A_SECOND, MOST_LISTENERS } from "../request-log/tail/tail-protocol.ts";
import { CACHE_RESULTS } from "../usage/batch.ts";
import { route } from "./route.ts";

/** A list in a query parameter, its entries separated by commas. */
const list = (entry: RegExp, what: string) =>
  z
    .string()
    .max(200)
    .refine((text) => text.split(",").every((word) => entry.test(word)), `must be ${what}, separated by commas`)
    .optional();

const orNull = z.string().nullable();

/** Only for the document: events are made where requests are answered. */
const requestEvent = z
  .object({
    time: z.iso.datetime().describe("When the request arrived."),
    id: z.string().openapi({ example: "req_3f9ac1d2e4b5a" }).describe("The same in the tail and in delivered logs."),
    zone: z.string().openapi({ example: "my-assets" }),
    host: z.string().openapi({ example: "my-assets.rescdn.io" }),
    location: z.string().openapi({ example: "FRA" }).describe("IATA code of the location that answered."),
    method: z.string().openapi({ example: "GET" }),
    path: z.string().openapi({ example: "/assets/v2/reset.css" }),
    query: z
      .string()
      .openapi({ example: "?v=3" })
      .describe("The part of the query that counts for the cache key, without signatures and tokens."),
    status: z.int().openapi({ example: 200 }),
    bytes: z.int().openapi({ example: 1_204 }).describe("Of the body, as sent."),
    ms: z.int().openapi({ example: 12 }).describe("From arrival to the answer; for a long body, to its end."),
    cache: z.enum(CACHE_RESULTS).openapi({ example: "MISS" }),
    detail: orNull.openapi({ example: "uri-miss" }).describe("The reason, as in `Cache-Status`; null for a plain hit."),
    content_type: orNull.openapi({ example: "text/css" }),
    country: orNull.openapi({ example: "DE" }),
    address: orNull.openapi({ example: "192.0.2.0" }).describe("The first 24 bits of IPv4, 48 of IPv6."),
    referer: orNull.openapi({ example: "www.example.com" }).describe("The host of `Referer`."),
    user_agent: z.enum(["desktop", "mobile", "bot", "tool", "other", "none"]).openapi({ example: "desktop" }),
  })
  .openapi("RequestEvent");

/** A message to a listener. */
const tailMessage = z
  .union([
    z
      .object({
        type: z.literal("open"),
        zone: z.string().openapi({ example: "my-assets" }),
        until: z.iso.datetime().describe("When the tail ends by itself."),
        most_a_second: z.int().openapi({ example: MOST_A_SECOND }),
      })
      .openapi("TailOpen"),
    z.object({ type: z.literal("requests"), requests: z.array(requestEvent) }).openapi("TailRequests"),
    z
      .object({ type: z.literal("omitted"), count: z.int().openapi({ example: 120 }) })
      .openapi("TailOmitted")
      .describe("How many requests passed the filter but were left out since the last message of this kind."),
    z
      .object({
        type: z.literal("end"),
        reason: z.enum(["time-over", "not-allowed-any-more", "zone-deleted", "server-stops"]),
      })
      .openapi("TailEnd"),
    z
      .object({ type: z.literal("still-here") })
      .openapi("TailStillHere")
      .describe("Answer it with any message, to say that you have received what came before."),
  ])
  .openapi("TailMessage");

export const tailRoute = route({
  method: "get",
  path: "/v1/zones/{id}/tail",
  operationId: "tailZone",
  summary: "Listen to a zone's requests as they are answered",
  description: `Requests of all locations are shown within seconds of their answers. At most ${MOST_A_SECOND.toLocaleString("en")} requests a second are shown, from all locations together: below that none is left out, and above it you get a fair share, and how many were left out. A zone has ${MOST_LISTENERS} listeners at most.

**Server-sent events** (a key in the header \`X-ResCDN-Key\`): \`event: open\`, then \`event: request\` for each request, with a \`RequestEvent\` as its data; \`event: omitted\` with \`{"count": …}\`; \`event: end\` with \`{"reason": …}\`, after which the stream ends. Lines that begin with a colon keep the connection open.

**WebSocket** (\`Upgrade: websocket\`; with a session of the dashboard only if \`Origin\` is the dashboard's): each message is a \`TailMessage\` as JSON, requests come in batches, and \`end\` is followed by a close with 1000. A browser cannot set headers there: put \`account\` and \`mode\` in the query. Answer each \`still-here\` with any message: if you do not, everything after the first two megabytes is left out.

A tail ends when its time is over (\`time-over\`), when the key is revoked or the session has ended (\`not-allowed-any-more\`, within 20 seconds), when its zone is deleted, or when the server stops. A client that wants to go on connects again.`,
  tags: ["Tail and logs"],
  scope: "usage:read",
  request: {
    params: z.object({ id: z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" }) }),
    query: z.object({
      status: list(/^(?:[1-5]xx|[1-5]\d\d)$/, "statuses (404) or classes of them (5xx)").describe(
        "Only answers with these statuses or classes: `5xx`, `404,410`.",
      ),
      cache: list(/^(?:HIT|MISS|STALE|REVALIDATED|BYPASS)$/, "words of X-Cache (HIT, MISS)").describe(
        "Only answers with these words in `X-Cache`: `MISS,BYPASS`.",
      ),
      path: z
        .string()
        .min(1)
        .max(1_024)
        .optional()
        .describe("Only paths that match, `*` for any run of characters: `/assets/*.css`."),
      seconds: z.coerce
        .number()
        .int()
        .min(1)
        .max(LONGEST_SECONDS)
        .optional()
        .describe(`When the tail ends by itself, in seconds; left out: ${LONGEST_SECONDS}.`),
      account: z.string().optional().describe("As `X-ResCDN-Account`, for a WebSocket of a session."),
      mode: z.enum(["live", "test"]).optional().describe("As `X-ResCDN-Mode`, for a WebSocket of a session."),
    }),
  },
  responses: {
    200: {
      description: "A stream of events: `open`, `request`, `omitted` and `end` with what these messages have",
      content: { "text/event-stream": { schema: tailMessage } },
    },
    101: { description: "A WebSocket, whose messages are `TailMessage`s as JSON" },
  },
  errors: [409],
});
