import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { AUDIT_ACTIONS } from "../accounts/audit-actions.ts";
import { type AuditRow, listAudit } from "../accounts/audit-rows.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { isOperatorAddress } from "../people/person.ts";
import type { RestEnv } from "../rest/context.ts";
import { jsonContent } from "../rest/json-content.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { endOf, NO_TIME, startOf } from "../usage/period.ts";
import { cutPage, nextCursor, pageQuery, requestedPage } from "./pages.ts";
import { route } from "./route.ts";
import { invalidField } from "./validation.ts";

const state = z.record(z.string(), z.unknown()).nullable();
const changeSchema = z
  .object({
    id: z.string().openapi({ example: "audit_abc123" }),
    at: z.iso.datetime(),
    action: z.string().openapi({ example: "zone.update" }),
    target: z.string().openapi({ example: "zone_abc123" }).describe("Id of what was changed."),
    actor: z
      .string()
      .openapi({ example: "key_abc123" })
      .describe("Id of the key or of the person that changed it, or `operator`."),
    actor_name: z
      .string()
      .nullable()
      .openapi({ example: "CI" })
      .describe("The key's name, or the person's address; `operator` for an operator who is not a member."),
    address: z
      .string()
      .nullable()
      .openapi({ example: "198.51.100.7" })
      .describe("Where the change came from: the IPv4 address, or the /64 of the IPv6 address."),
    request_id: z.string().openapi({ example: "req_abc123" }),
    before: state.openapi({ example: { settings: { query: "keep" } } }),
    after: state.openapi({ example: { settings: { query: "ignore" } } }),
  })
  .openapi("Change");

const word = z.string().min(1).max(64).optional();
const time = (parse: typeof startOf) =>
  z
    .string()
    .max(40)
    .transform((text, context) => {
      const at = parse(text);
      if (at === null) context.addIssue({ code: "custom", message: NO_TIME });
      return at ?? Number.NaN;
    })
    .optional()
    .openapi({ type: "string" });

const auditRoute = route({
  method: "get",
  path: "/v1/audit",
  operationId: "listAudit",
  summary: "List who changed what in the last 400 days",
  description:
    "Newest first. Each entry has what differs before and after the change: never a secret, and of large values only the size.",
  tags: ["Audit"],
  scope: "keys:write",
  request: {
    query: z.object({
      ...pageQuery,
      action: z.enum(AUDIT_ACTIONS).optional().describe("What was done."),
      target: word.describe("Id of what was changed."),
      actor: word.describe("Id of a key or of a person, or `operator`."),
      from: time(startOf).describe("Changes at this time and later: a date in UTC, or a time (RFC 3339)."),
      to: time(endOf).describe("Changes before this time, or up to the end of this date."),
    }),
  },
  responses: {
    200: {
      description:
        "Changes, newest first. A key that is restricted to zones sees only changes of these zones and its own",
      ...jsonContent(z.object({ changes: z.array(changeSchema), next_cursor: nextCursor }).openapi("ChangeList")),
    },
  },
});

/** Adds `/v1/audit` to the API. */
export function addAudit(app: OpenAPIHono<RestEnv>): void {
  app.openapi(auditRoute, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    if (filter.from !== undefined && filter.to !== undefined && filter.from >= filter.to)
      throw invalidField("from", "must be earlier than `to`");
    const found = await listAudit(c.env.DB, c.var.caller, filter, requestedPage("audit", { limit, cursor }));
    const { rows, next_cursor } = cutPage(found, limit);
    return c.json({ changes: rows.map((row) => changeJson(row, settingsOf(c.env))), next_cursor }, 200);
  });
}

function changeJson(row: AuditRow, settings: Settings): z.input<typeof changeSchema> {
  const { id, action, target, actor, actorName, address } = row;
  // Which of the operator's people it was concerns only the operator.
  const isByOutsider = actor.startsWith("person_") && actorName !== null && !row.isByMember;
  const isByOperator = isByOutsider && isOperatorAddress(actorName, settings);
  return {
    id,
    at: isoSeconds(row.createdAt),
    action,
    target,
    actor,
    actor_name: isByOperator ? "operator" : actorName,
    address,
    request_id: row.requestId,
    before: row.before as z.input<typeof state>,
    after: row.after as z.input<typeof state>,
  };
}
