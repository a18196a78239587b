import { z } from "@hono/zod-openapi";
import { LOG_FIELDS } from "../zones/log-settings.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../zones/settings.ts";
import { settingsSchema } from "../zones/settings-schema.ts";

const seconds = z.int().min(0);
const orNull = seconds.nullable();
const headers = z.record(z.string(), z.string());

/** Its conditions and actions are described in the schema for requests. */
const rule = z
  .object({
    name: z.string().optional(),
    enabled: z.boolean().optional(),
    when: z.record(z.string(), z.unknown()).optional(),
    do: z.record(z.string(), z.unknown()),
  })
  .openapi("EdgeRule");

/** A setting in an answer, described like the same setting in a request. */
function as<Schema extends z.ZodType>(name: keyof ZoneSettings, schema: Schema): Schema {
  const { description = "" } = settingsSchema.shape[name];
  return schema.openapi({ description, example: DEFAULT_SETTINGS[name] } as object);
}

const sayings = z.enum(["allow", "deny"]);

function accessList<Entry extends z.ZodType>(entry: Entry, name: string) {
  return z
    .object({ allow: z.array(entry).optional(), deny: z.array(entry).optional(), none: sayings.optional() })
    .openapi(name)
    .optional();
}

/** Shown in place of the secret, which never is. */
const secret_set = z.iso.datetime().describe("When the secret was set; it is not shown.");
const originAuth = z.discriminatedUnion("type", [
  z
    .object({ type: z.literal("s3"), region: z.string(), access_key_id: z.string(), secret_set })
    .openapi("BucketAuthShown"),
  z.object({ type: z.literal("basic"), username: z.string(), secret_set }).openapi("BasicAuthShown"),
  z.object({ type: z.literal("bearer"), secret_set }).openapi("BearerAuthShown"),
]);

const listedOrigin = z
  .object({
    name: z.string(),
    url: z.string(),
    weight: z.int().optional(),
    drain: z.boolean().optional(),
    host: z.string().optional(),
    headers: headers.optional(),
    auth: originAuth.optional(),
  })
  .openapi("ListedOrigin");

/** Callers who may not change the zone see only the origin of a URL. */
const logTarget = z.union([
  z.object({ type: z.literal("https"), url: z.string() }).openapi("LogEndpoint"),
  z
    .object({
      type: z.literal("s3"),
      endpoint: z.string(),
      region: z.string(),
      bucket: z.string(),
      prefix: z.string().optional(),
      access_key_id: z.string(),
    })
    .openapi("LogBucket"),
]);

/** All settings of a zone as the API shows them. */
export const shownSettings = z
  .object({
    ttl_mode: as("ttl_mode", z.enum(["respect", "override"])),
    ttl: as(
      "ttl",
      z
        .object({ css: orNull, js: orNull, font: orNull, image: orNull, media: orNull, other: orNull })
        .openapi("SecondsByType"),
    ),
    ttl_by_extension: as("ttl_by_extension", z.record(z.string(), seconds)),
    browser_ttl: as("browser_ttl", orNull),
    max_heuristic_ttl: as("max_heuristic_ttl", seconds),
    heuristic_without_extension: as("heuristic_without_extension", z.boolean()),
    negative_ttl: as("negative_ttl", seconds),
    max_error_ttl: as("max_error_ttl", seconds),
    query: as(
      "query",
      z.union([
        z.enum(["keep", "sort", "ignore"]),
        z.array(z.string()),
        z.object({ except: z.array(z.string()) }).openapi("AllParametersExcept"),
      ]),
    ),
    methods: as("methods", z.enum(["read", "all"])),
    stale_while_revalidate: as("stale_while_revalidate", seconds),
    stale_if_error: as("stale_if_error", seconds),
    forward: as(
      "forward",
      z
        .object({
          headers: z.union([z.literal("all"), z.array(z.string())]),
          cookies: z.boolean(),
          authorization: z.boolean(),
          client_ip: z.boolean(),
        })
        .openapi("Forwarded"),
    ),
    shield: as("shield", z.boolean()),
    origin_auth: as("origin_auth", originAuth.nullable()),
    origins: as("origins", z.array(listedOrigin)),
    failover: as(
      "failover",
      z
        .object({
          statuses: z.array(z.union([z.literal("5xx"), z.int()])).optional(),
          retries: z.int().optional(),
          check_path: z.string().optional(),
        })
        .openapi("Failover"),
    ),
    origin_limit: as(
      "origin_limit",
      z
        .object({ concurrent: z.int(), queue: z.int().optional(), wait_ms: z.int().optional() })
        .openapi("OriginLimit")
        .nullable(),
    ),
    origin_host: as("origin_host", z.string().nullable()),
    rewrite_redirects: as("rewrite_redirects", z.boolean()),
    origin_headers: as("origin_headers", headers),
    response_headers: as("response_headers", headers),
    fallback_origin: as("fallback_origin", z.string().nullable()),
    fallback_headers: as("fallback_headers", headers),
    timeouts: as("timeouts", z.object({ first_byte_ms: z.int(), idle_ms: z.int() }).openapi("Timeouts")),
    max_object_bytes: as("max_object_bytes", z.int().min(0)),
    compression: as("compression", z.boolean()),
    cors: as("cors", z.union([z.literal("*"), z.array(z.string()), z.literal(false)])),
    access: as(
      "access",
      z
        .object({
          addresses: accessList(z.string(), "AccessByText"),
          countries: accessList(z.string(), "AccessByText"),
          asns: accessList(z.int(), "AccessByNumber"),
          referers: accessList(z.string(), "AccessByText"),
          user_agents: accessList(z.string(), "AccessByText"),
          rate_limit: z
            .object({ requests: z.int(), seconds: z.literal(10).optional() })
            .openapi("RateLimit")
            .optional(),
        })
        .openapi("Access"),
    ),
    signed_urls: as("signed_urls", z.enum(["off", "required"])),
    rules: as("rules", z.array(rule)),
    https: as("https", z.enum(["off", "redirect"])),
    hsts: as(
      "hsts",
      z
        .object({ max_age: seconds, include_subdomains: z.boolean().optional(), preload: z.boolean().optional() })
        .openapi("Hsts")
        .nullable(),
    ),
    canonical: as("canonical", z.string().nullable()),
    noindex: as("noindex", z.boolean()),
    server_timing: as("server_timing", z.boolean()),
    robots_txt: as("robots_txt", z.string().nullable()),
    error_pages: as("error_pages", headers),
    maintenance: as(
      "maintenance",
      z
        .object({ retry_after: seconds.optional(), allow: z.array(z.string()).optional() })
        .openapi("Maintenance")
        .nullable(),
    ),
    logs: as(
      "logs",
      z
        .object({
          target: logTarget.optional(),
          fields: z.array(z.enum(LOG_FIELDS)).optional(),
          sampling: z.number().optional(),
          addresses: z.enum(["truncated", "full"]).optional(),
        })
        .openapi("Logs")
        .nullable(),
    ),
  } satisfies Record<keyof ZoneSettings, z.ZodType>)
  .openapi("Settings");

export type ShownSettings = z.input<typeof shownSettings>;
