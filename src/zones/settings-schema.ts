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
    ttl_mode: setting(z.enum(["respect", "override"]), "Which lifetime counts first: the origin's or the zone's."),
    ttl: setting(
      ttl,
      "Seconds by asset type, at the edge for 30 days at most; null for a type: only the origin decides.",
      "SecondsByTypeChange",
    ),
    ttl_by_extension: setting(ttlByExtension, "Seconds by extension; these take precedence over `ttl`."),
    browser_ttl: setting(ttlSeconds, "Seconds that clients are told; null: as at the edge."),
    max_heuristic_ttl: setting(
      edgeSeconds,
      "The longest lifetime in seconds that is guessed from Last-Modified if nothing else says one; never for HTML and playlists.",
    ),
    heuristic_without_extension: setting(
      z.boolean(),
      "Whether lifetimes are also guessed for names without an extension: pages, branches, indexes.",
    ),
    negative_ttl: setting(negativeSeconds, "Seconds for a 404 or 410 that does not say how long it is fresh."),
    max_error_ttl: setting(
      edgeSeconds,
      "The longest lifetime in seconds that an answer with a status of 400 or more may claim, for the edge and for clients.",
    ),
    query: setting(
      query,
      "Which parts of the query count: all, all sorted, none, only the parameters named, or all `except` those named. A name that ends in `*` stands for all names that begin with it.",
    ),
    methods: setting(z.enum(["read", "all"]), '"all" passes unsafe methods to the origin.'),
    stale_while_revalidate: setting(edgeSeconds, "Seconds, if the origin does not say."),
    stale_if_error: setting(edgeSeconds, "Seconds, if the origin does not say."),
    forward: setting(forward, "Which parts of a client's request the origin sees.", "ForwardedChange"),
    shield: setting(
      z.boolean(),
      "Whether all locations ask the origin through an upper tier, so that one request to the origin serves all of them.",
    ),
    origin_host: setting(
      z.string(),
      "The host, with a port if it needs one, that the origin is asked for. It may be the zone's own. Null: the origin's.",
    ),
    origin_auth: setting(
      originAuthSchema,
      "How the edge authenticates to the zone's origin: it signs requests for a bucket (S3 and the like), or sends Basic or Bearer. Kept encrypted, for this server alone, and never shown. A client's own Authorization is not sent there. Replaced as a whole.",
      "OriginAuthChange",
    ),
    origins: setting(
      originsSchema,
      "All origins of a zone that has several; the first is the zone's `origin`, and uses `origin_host`, `origin_headers` and `origin_auth` unless it has its own. Replaced as a whole.",
    ),
    failover: setting(
      failoverSchema,
      "When a GET or HEAD is sent to the next origin, or sent again.",
      "FailoverChange",
    ),
    origin_limit: setting(
      originLimitSchema,
      "How many requests each isolate may have under way to the zone's origins at the same time; null: any number. Others wait, and then get what is stale, or 503 with Retry-After.",
      "OriginLimitChange",
    ),
    rewrite_redirects: setting(
      z.boolean(),
      "Whether a redirect to the origin's own host, with any scheme and port, is changed into one to the zone's host.",
    ),
    origin_headers: setting(headers("origin_headers"), "Set on requests to the origin, not to the fallback origin."),
    response_headers: setting(headers("response_headers"), "Set on answers to clients."),
    fallback_origin: setting(z.string(), "Asked when the origin fails."),
    fallback_headers: setting(headers("origin_headers"), "Set on requests to the fallback origin."),
    timeouts: setting(
      z.strictObject({ first_byte_ms: milliseconds, idle_ms: milliseconds }),
      "How long the origin may take.",
      "TimeoutsChange",
    ),
    max_object_bytes: setting(z.int().min(0).max(536_870_912), "Larger files are passed through and not stored."),
    compression: setting(z.boolean(), "Whether the edge compresses."),
    cors: setting(
      z.union([z.literal("*"), z.literal(false), z.array(webOrigin).max(100)], {
        error: 'must be "*", a list of origins, or false',
      }),
      "Which pages may read answers: all, unless the origin server allows fewer; those of the listed origins (`https://*.example.com`: all hosts below a domain); or those that the origin server allows.",
    ),
    access: setting(
      accessSchema,
      "Who may fetch anything of the zone, by address, country, network, referer, user agent and rate, checked in this order. What is unknown is in no list: `allow` refuses it, and `deny` lets it pass.",
      "AccessChange",
    ),
    signed_urls: setting(
      z.enum(["off", "required"]),
      '"required": nothing is answered without a signed URL, see `/v1/zones/{id}/signing-keys`.',
    ),
    rules: setting(
      rulesSchema(query, edgeSeconds, ttlSeconds),
      "Tried in order: for each action, the first matching rule counts; for header fields, the first for each name.",
    ),
    https: setting(hostSettings.https, '"redirect" answers requests by http with a redirect to https.'),
    hsts: setting(
      hostSettings.hsts,
      "Strict-Transport-Security over https. `preload` is hard to undo: browsers have the list of such domains built in.",
      "HstsChange",
    ),
    canonical: setting(
      hostSettings.canonical,
      "The site that these files are copies of: named in `Link`, with rel=canonical and the path.",
    ),
    noindex: setting(z.boolean(), "Whether search engines are told not to index the zone's files."),
    server_timing: setting(
      z.boolean(),
      "Whether answers say in `Server-Timing` how many milliseconds the edge, the upper tier and the origin took. Everybody can read it.",
    ),
    robots_txt: setting(hostSettings.robotsTxt, "The zone's own /robots.txt; null: the origin's."),
    error_pages: setting(
      hostSettings.errorPages,
      'HTML by status or class ("404", "5xx"), shown in a sandbox instead of errors, to browsers that want a page.',
    ),
    maintenance: setting(
      hostSettings.maintenance,
      "While it is set, what is stored is served, fresh or stale, and no origin is asked, except for the addresses in `allow`.",
      "MaintenanceChange",
    ),
    logs: setting(
      logsSchema,
      "Delivers a line for each request at least once, as NDJSON in batches compressed with gzip. Set the secret at `/v1/zones/{id}/logs/secret`.",
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
