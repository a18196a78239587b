import { z } from "@hono/zod-openapi";
import { LARGEST } from "../db/bounds.ts";
import { accessSchema } from "./access-schema.ts";
import { webOrigin } from "./cors-schema.ts";
import { forward, headers } from "./header-schemas.ts";
import { edgeSeconds, negativeSeconds, ttl, ttlByExtension, ttlSeconds } from "./lifetime-schemas.ts";
import { logsSchema } from "./log-settings-schema.ts";
import { failoverSchema, originAuthSchema, originLimitSchema, originsSchema } from "./origin-schema.ts";
import { query } from "./query-schema.ts";
import { changesStored, looksAtClient, MOST_OPEN } from "./rules/edge-rule.ts";
import { hostSettings } from "./rules/host-settings-schema.ts";
import { rulesSchema } from "./rules/rule-schema.ts";
import { refuse } from "./schema-issues.ts";

/**
 * Every name may be missing; null restores its default.
 *
 * @param component the schema's name in the API's document, if it has fields
 */
const setting = <Schema extends z.ZodType>(schema: Schema, description: string, component?: string) => {
  const described = schema.nullable().optional().describe(description);
  return component === undefined ? described : described.openapi(component);
};

const milliseconds = z.int().min(100).max(100_000).nullable().optional();

/**
 * The `settings` that POST and PATCH take. Unknown names are refused, each by its name. See `mergeSettings` for what
 * null means where.
 */
export const settingsSchema = z
  .strictObject({
    ttl_mode: setting(z.enum(["respect", "override"]), "Whose freshness counts first: the origin's or the zone's."),
    ttl: setting(
      ttl,
      "Seconds by asset type, at the edge for 30 days at most; null for a type: only the origin's freshness.",
      "SecondsByTypeChange",
    ),
    ttl_by_extension: setting(ttlByExtension, "Seconds by extension, over `ttl`."),
    browser_ttl: setting(ttlSeconds, "Seconds sent to clients; null: as at the edge."),
    max_heuristic_ttl: setting(
      edgeSeconds,
      "Seconds at most that are guessed from Last-Modified where nobody says more; never for HTML and playlists.",
    ),
    heuristic_without_extension: setting(
      z.boolean(),
      "Whether they are guessed as well for names without an extension: pages, branches, indexes.",
    ),
    negative_ttl: setting(negativeSeconds, "Seconds for a 404 or 410 without freshness of its own."),
    max_error_ttl: setting(
      edgeSeconds,
      "Seconds that a status of 400 and more may claim, for the edge and for clients.",
    ),
    query: setting(
      query,
      "What of the query counts: all, all sorted, nothing, the parameters named, or all `except` those named. A name that ends in `*` stands for all that begin so.",
    ),
    methods: setting(z.enum(["read", "all"]), '"all" passes unsafe methods to the origin.'),
    stale_while_revalidate: setting(edgeSeconds, "Seconds, where the origin says nothing."),
    stale_if_error: setting(edgeSeconds, "Seconds, where the origin says nothing."),
    forward: setting(forward, "What of a client's request the origin sees.", "ForwardedChange"),
    shield: setting(
      z.boolean(),
      "Whether the locations ask the origin through an upper tier, so that one request to it serves all of them.",
    ),
    origin_host: setting(
      z.string(),
      "Host, with a port where it needs one, that the origin is asked for: also the zone's own; null: the origin's.",
    ),
    origin_auth: setting(
      originAuthSchema,
      "How the edge shows the zone's origin who it is: it signs for a bucket (S3 and its like), or sends Basic or Bearer. Kept sealed, for this server alone, and never shown; a client's own Authorization does not go there. Replaced as a whole.",
      "OriginAuthChange",
    ),
    origins: setting(
      originsSchema,
      "All origins of a zone that has several; the first is the zone's `origin`, with `origin_host`, `origin_headers` and `origin_auth` where it has none of its own. Replaced as a whole.",
    ),
    failover: setting(failoverSchema, "When a GET or HEAD is asked of the next origin, or again.", "FailoverChange"),
    origin_limit: setting(
      originLimitSchema,
      "How many requests at the same time each isolate makes of the zone's origins; null: any number. Others wait, then get what is stale, or 503 with Retry-After.",
      "OriginLimitChange",
    ),
    rewrite_redirects: setting(
      z.boolean(),
      "Whether a redirect to the origin's own host, on whatever scheme and port, is answered as one to the zone's.",
    ),
    origin_headers: setting(headers("origin_headers"), "Set on requests to the origin, not to the fallback origin."),
    response_headers: setting(headers("response_headers"), "Set on answers to clients."),
    fallback_origin: setting(z.string(), "Asked when the origin fails."),
    fallback_headers: setting(headers("origin_headers"), "Set on requests to the fallback origin."),
    timeouts: setting(
      z.strictObject({ first_byte_ms: milliseconds, idle_ms: milliseconds }),
      "Of the origin.",
      "TimeoutsChange",
    ),
    max_object_bytes: setting(z.int().min(0).max(536_870_912), "A larger object is passed through, not stored."),
    compression: setting(z.boolean(), "Whether the edge compresses."),
    cors: setting(
      z.union([z.literal("*"), z.literal(false), z.array(webOrigin).max(100)], {
        error: 'must be "*", a list of origins, or false',
      }),
      "Which pages may read answers: all but where the origin server says fewer, those of the origins listed (`https://*.example.com`: of all hosts below a domain), or what the origin server says.",
    ),
    access: setting(
      accessSchema,
      "Who may fetch anything of the zone: address, country, network, referer, user agent, rate, in this order. What is unknown fails a list of those allowed, and passes one of those denied.",
      "AccessChange",
    ),
    signed_urls: setting(
      z.enum(["off", "required"]),
      '"required": nothing is answered without a signed URL, see `/v1/zones/{id}/signing-keys`.',
    ),
    rules: setting(
      rulesSchema(query, edgeSeconds, ttlSeconds),
      "Tried in their order: of each action the first that matches counts, of header fields the first for each name.",
    ),
    https: setting(hostSettings.https, '"redirect" answers what is asked by http with a redirect to https.'),
    hsts: setting(
      hostSettings.hsts,
      "Strict-Transport-Security over https. `preload` is hard to take back: browsers carry the domain in their builds.",
      "HstsChange",
    ),
    canonical: setting(
      hostSettings.canonical,
      "The site whose copies these are, in `Link` with rel=canonical and the path.",
    ),
    noindex: setting(z.boolean(), "Whether search engines are told to leave out what they find here."),
    server_timing: setting(
      z.boolean(),
      "Whether answers say in `Server-Timing` how many milliseconds the edge, the upper tier and the origin took. Everybody can read it.",
    ),
    robots_txt: setting(hostSettings.robotsTxt, "The zone's own /robots.txt; null: the origin's."),
    error_pages: setting(
      hostSettings.errorPages,
      'HTML by status or class ("404", "5xx"), shown in place of errors to browsers that want a page, in a sandbox.',
    ),
    maintenance: setting(
      hostSettings.maintenance,
      "While it is set, what is stored is served, fresh or stale, and no origin asked, but for the addresses allowed.",
      "MaintenanceChange",
    ),
    logs: setting(
      logsSchema,
      "Delivery of a line for each request, as NDJSON in batches compressed by gzip, at least once. The secret is given at `/v1/zones/{id}/logs/secret`.",
      "LogsChange",
    ),
  })
  .superRefine(({ methods, rules }, context) => {
    const open = (rules ?? []).filter((rule) => changesStored(rule) && looksAtClient(rule.when ?? {}));
    if (methods === "all" && open.length > MOST_OPEN)
      refuse(
        context,
        "rules",
        `must have at most ${MOST_OPEN} rules that change what is stored, depending on who asks, while methods is "all": each change has to be purged for every combination of them`,
      );
  })
  .refine((settings) => new TextEncoder().encode(JSON.stringify(settings)).length <= LARGEST.settings, {
    error: `must have at most ${LARGEST.settings} bytes in all, written as JSON`,
  });

/** What a customer changes of a zone's settings. */
export type SettingsPatch = z.output<typeof settingsSchema>;
