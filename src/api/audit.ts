import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { type AuditRow, listAudit } from "../accounts/audit-rows.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent } from "../rest/json-content.ts";
import { cutPage, nextCursor, pageQuery, requestedPage } from "./pages.ts";
import { route } from "./route.ts";

const state = z.record(z.string(), z.unknown()).nullable();
const changeSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.string().openapi({ example: "zone.update" }),
    target: z.string().describe("Id of what was changed."),
    actor: z.string().describe("Id of the key that changed it, or `operator`."),
    address: z.string().nullable().describe("IPv4 address, or /64 of the IPv6 address, of who changed it."),
    request_id: z.string(),
    before: state,
    after: state,
  })
  .openapi("Change");

const word = z.string().min(1).max(64).optional();
const time = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .optional();

const auditRoute = route({
  method: "get",
  path: "/v1/audit",
  operationId: "listAudit",
  summary: "Who changed what; kept for 400 days",
  tags: ["Audit"],
  scope: "keys:write",
  request: {
    query: z.object({
      ...pageQuery,
      action: word.describe("Such as `key.create`."),
      target: word.describe("Id of what was changed."),
      actor: word.describe("Id of a key, or `operator`."),
      from: time.describe("Changes at this time and later."),
      to: time.describe("Changes before this time."),
    }),
  },
  responses: {
    200: {
      description: "Changes, newest first. A key that is restricted to zones sees those of its zones and its own",
      ...jsonContent(z.object({ changes: z.array(changeSchema), next_cursor: nextCursor })),
    },
  },
});

/** Adds `/v1/audit` to the API. */
export function addAudit(app: OpenAPIHono<RestEnv>): void {
  app.openapi(auditRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const found = await listAudit(c.env.DB, c.var.caller, filter, requestedPage("audit", { limit, cursor }));
    const { rows, next_cursor } = cutPage(found, limit);
    return c.json({ changes: rows.map(changeJson), next_cursor }, 200);
  });
}

function changeJson(row: AuditRow): z.input<typeof changeSchema> {
  const { id, action, target, actor, address } = row;
  return {
    id,
    at: isoSeconds(row.createdAt),
    action,
    target,
    actor,
    address,
    request_id: row.requestId,
    before: row.before as z.input<typeof state>,
    after: row.after as z.input<typeof state>,
  };
}
