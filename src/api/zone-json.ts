import { z } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import { zoneHosts } from "../hosts.ts";
import type { RestContext } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import { warningsOf } from "../zones/hsts-problems.ts";
import type { LogSettings } from "../zones/log-settings.ts";
import type { OriginAuth } from "../zones/origin-settings.ts";
import type { ZoneRow } from "../zones/rows.ts";
import type { EdgeRule } from "../zones/rules/edge-rule.ts";
import { completeSettings, type ZoneSettings } from "../zones/settings.ts";
import { type ShownSettings, shownSettings } from "./settings-json.ts";

/** A zone as the API shows it. */
export const zoneSchema = z
  .object({
    id: z.string().openapi({ example: "zone_abc123" }),
    name: z.string().openapi({ example: "my-assets" }),
    subdomain: z.string().openapi({ example: "my-assets.rescdn.io" }),
    origin: z.string().openapi({ example: "https://your-origin.com" }),
    created: z.iso.datetime().openapi({ example: "2025-01-14T10:00:00Z" }),
    active: z.boolean(),
    mode: z.enum(["live", "test"]),
    version: z.int().openapi({ example: 3 }).describe("The version of this document: grows by one with every PATCH."),
    purge: z
      .object({ id: z.string().openapi({ example: "purge_abc123" }), nodes: z.int().openapi({ example: 12 }) })
      .openapi("PurgeOfChange")
      .optional()
      .describe("The purge of all that was stored, if the change asked for one."),
    warnings: z.array(z.string()).optional().describe("What the zone's owner should know about its settings."),
    settings: shownSettings.describe(
      "Every setting, with today's defaults where none is set. The values of origin_headers, fallback_headers, of headers of origins and a rule's " +
        "request_headers, and the URL of logs, may be credentials: a key without zones:write sees them redacted.",
    ),
  })
  .openapi("Zone");

type ZoneJson = z.input<typeof zoneSchema>;

/** A zone as answers to the caller show it. */
export function shownZone(c: RestContext, zone: ZoneRow): ZoneJson {
  const shown = c.var.caller.scopes.includes("zones:write") ? wholeZone(c, zone) : redactedZone(c, zone);
  const warnings = warningsOf(zone.settings);
  return warnings.length === 0 ? shown : { ...shown, warnings };
}

/** A zone without the values of headers to its origins, which may be credentials. */
export function redactedZone(c: RestContext, zone: ZoneRow): ZoneJson {
  const whole = wholeZone(c, zone);
  return { ...whole, settings: redactedSettings(whole.settings) };
}

/** Headers whose values may be credentials. */
const HEADERS_TO_ORIGINS = ["origin_headers", "fallback_headers"];

/** Settings, or some of them, without the values of headers to the origins. */
export function redactedSettings<Settings extends object>(settings: Settings): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      if (name === "rules" && Array.isArray(value)) return [name, value.map(redactedRule)];
      if (name === "origins" && Array.isArray(value)) return [name, value.map(redactedOrigin)];
      if (name === "logs") return [name, redactedLogs(value as LogSettings | null | undefined)];
      return [name, HEADERS_TO_ORIGINS.includes(name) ? redactedHeaders(value as object) : value];
    }),
  ) as Settings;
}

/** The paths and queries of log endpoints contain tokens. */
function redactedLogs<Logs extends LogSettings | null | undefined>(logs: Logs): Logs {
  const target = logs?.target;
  if (target === undefined || !("url" in target)) return logs;
  const origin = URL.parse(target.url)?.origin ?? "";
  return { ...logs, target: { ...target, url: `${origin}/[redacted]` } };
}

function redactedRule(rule: EdgeRule): EdgeRule {
  const { request_headers: headers } = rule.do;
  return headers === undefined ? rule : { ...rule, do: { ...rule.do, request_headers: redactedHeaders(headers) } };
}

function redactedOrigin<Origin extends { headers?: object }>(origin: Origin): Origin {
  return origin.headers === undefined ? origin : { ...origin, headers: redactedHeaders(origin.headers) };
}

function redactedHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, "[redacted]"]));
}

/** Settings without their sealed secrets, which nobody ever sees again. */
function withoutSecrets(settings: ZoneSettings): ShownSettings {
  const { origin_auth, origins } = settings;
  // Settings that never change are readonly, which the schema's types are not.
  return {
    ...settings,
    origin_auth: origin_auth && shownAuth(origin_auth),
    origins: origins.map(({ auth, ...shown }) => (auth === undefined ? shown : { ...shown, auth: shownAuth(auth) })),
  } as ShownSettings;
}

function shownAuth({ sealed: _, set_at, ...shown }: OriginAuth) {
  return { ...shown, secret_set: isoSeconds(set_at) };
}

/** A zone with everything that its owner may see. */
export function wholeZone(c: RestContext, zone: ZoneRow): ZoneJson {
  const { id, name, origin, mode, revision } = zone;
  return {
    id,
    name,
    subdomain: zoneHosts(name, settingsOf(c.env))[0],
    origin,
    created: isoSeconds(zone.createdAt),
    active: zone.state === "active",
    mode,
    version: revision,
    settings: withoutSecrets(completeSettings(zone.settings)),
  };
}
