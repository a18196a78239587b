import { z } from "@hono/zod-openapi";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { knownNames, refusedNames } from "../rest/known-names.ts";
import { isReservedName } from "../zones/reserved-names.ts";
import { settingsSchema } from "../zones/settings-schema.ts";
import { checkZoneName } from "../zones/zone-name.ts";
import { nextCursor, pageQuery } from "./pages.ts";
import { route } from "./route.ts";
import { zoneSchema } from "./zone-json.ts";

const zoneName = z
  .string()
  .superRefine((name, context) => {
    const verdict = checkZoneName(name);
    if (!verdict.ok) context.addIssue({ code: "custom", message: verdict.reason });
    else if (isReservedName(name)) context.addIssue({ code: "custom", message: "is reserved" });
  })
  .openapi({
    description:
      "The subdomain: lower-case letters, digits and hyphens. Names that software or people trust are reserved: `www`, `mail`, `sso`.",
    example: "my-assets",
  });
const origin = z.string().openapi({
  description:
    "The https URL of your server; its path is put before every path that is asked for. Or a bucket of this deployment, such as `r2://files`, for files that you upload here.",
  example: "https://your-origin.com",
});
const changed = settingsSchema.openapi("SettingsChange", { example: { query: { except: ["utm_*", "fbclid"] } } });
const GIVEN = refusedNames("is given by the server", "id", "subdomain", "created", "version");
/** Names that people try besides `origin`. */
const SETTINGS = refusedNames(
  "is a setting: put it into settings",
  "origins",
  "origin_auth",
  "origin_limit",
  "failover",
);
const params = z.object({ id: z.string().openapi({ description: "The zone's id or name.", example: "zone_abc123" }) });
const etag = z
  .string()
  .openapi({ description: "The zone's version, for If-Match and If-None-Match.", example: '"3-1c7b"' });
const answer = (description: string) => ({
  description,
  headers: z.object({ ETag: etag }),
  ...jsonContent(zoneSchema),
});
/** RFC 9110 §13.1. Without these, a change is made whatever the zone's state is. */
const conditions = z.object({
  "If-Match": z.string().optional().describe("ETags; 412 if the zone has none of them."),
});

export const listRoute = route({
  method: "get",
  path: "/v1/zones",
  operationId: "listZones",
  summary: "List all zones on your account",
  description:
    "Oldest first. A live key sees live zones, a test key sees test zones, and a restricted key sees only the zones that it is restricted to.",
  tags: ["Zones"],
  scope: "zones:read",
  request: {
    query: z.object({
      ...pageQuery,
      name: z
        .string()
        .min(1)
        .max(64)
        .regex(/^[^*]*\*?$/, "may have * only at its end")
        .optional()
        .describe("Only the zone of this name; with `*` at its end, the zones whose names begin with it."),
    }),
  },
  responses: {
    200: {
      description: "Zones, oldest first",
      ...jsonContent(z.object({ zones: z.array(zoneSchema), next_cursor: nextCursor }).openapi("ZoneList")),
    },
  },
});

/** Shown when a zone is made: its customer has to know, and the edge cannot prevent it. */
const ZONES_ARE_ONE_SITE = `The zone's pages are below one domain with those of other customers. Unless that domain is on the
[Public Suffix List](https://publicsuffix.org/) of a browser, scripts of any zone can set cookies there that all zones get.
Serve assets from a zone, not pages that people sign in to; where you need cookies, give them names that begin with
\`__Host-\`, which no other host can set.`;

export const createZoneRoute = route({
  method: "post",
  path: "/v1/zones",
  operationId: "createZone",
  summary: "Create a new zone",
  description: ZONES_ARE_ONE_SITE,
  tags: ["Zones"],
  scope: "zones:write",
  request: {
    body: requiredJson(
      knownNames(
        {
          name: zoneName,
          origin: origin.optional().describe("Left out: the first of `settings.origins`."),
          settings: changed.optional(),
        },
        {
          ...GIVEN,
          ...SETTINGS,
          active: "cannot be set here: a new zone is active; pause it by PATCH",
          mode: "follows from the key: rk_live_… makes live zones, rk_test_… test zones",
        },
      ).openapi("NewZone"),
    ),
  },
  responses: {
    201: {
      ...answer("Created"),
      headers: z.object({ ETag: etag, Location: z.string().describe("Where the zone is read.") }),
    },
  },
  errors: [503],
});

export const readRoute = route({
  method: "get",
  path: "/v1/zones/{id}",
  operationId: "readZone",
  summary: "Read a zone",
  description: "With all of its settings, including those that nobody has set.",
  tags: ["Zones"],
  scope: "zones:read",
  request: {
    params,
    headers: z.object({
      "If-None-Match": z.string().optional().describe("ETags; 304 if the zone has one of them."),
    }),
  },
  responses: {
    200: answer("The zone"),
    304: { description: "The zone still has this ETag", headers: z.object({ ETag: etag }) },
  },
  errors: [412],
});

export const changeRoute = route({
  method: "patch",
  path: "/v1/zones/{id}",
  operationId: "changeZone",
  summary: "Change a zone; settings are merged (RFC 7396)",
  description:
    "What you leave out stays as it is, and null restores a default. Answered when the edge knows the change. A change that changes nothing keeps version and ETag. What is stored from a former origin is served until it expires, unless you send `purge`.",
  tags: ["Zones"],
  scope: "zones:write",
  request: {
    params,
    headers: conditions,
    body: requiredJson(
      knownNames(
        {
          origin: origin.optional(),
          settings: changed.optional(),
          active: z.boolean().optional().describe("False: the edge answers 403."),
          purge: z
            .boolean()
            .optional()
            .describe("Also purges all that is stored of the zone; the key needs the scope `purge` for this."),
        },
        {
          ...GIVEN,
          ...SETTINGS,
          name: "cannot be changed: create a zone of the new name, and delete this one",
          mode: "cannot be changed: create another zone with a key of the other mode",
        },
      ).openapi("ZoneChange", {
        example: { settings: { ttl: { css: 3_600 }, query: { except: ["utm_*", "fbclid"] }, fallback_origin: null } },
      }),
    ),
  },
  responses: {
    200: answer("The zone as changed"),
  },
  errors: [409, 412, 503],
});

export const removeRoute = route({
  method: "delete",
  path: "/v1/zones/{id}",
  operationId: "deleteZone",
  summary: "Delete a zone",
  description: "Its host answers 404 from then on, and its usage and history stay.",
  tags: ["Zones"],
  scope: "zones:write",
  request: { params, headers: conditions },
  responses: {
    204: { description: "Deleted. Its name is kept from other accounts for 30 days" },
  },
  errors: [409, 412, 503],
});
