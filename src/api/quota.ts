import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { accountTableOf } from "../accounts/account-table.ts";
import type { Actor } from "../accounts/audit-log.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { jsonContent, requiredJson } from "../rest/json-content.ts";
import { ownerOf } from "../usage/batch.ts";
import { changeQuota, type QuotaChange, readQuota } from "../usage/quota-rows.ts";
import { Problem } from "./errors.ts";
import { quotaJson, quotaSchema } from "./quota-json.ts";
import { route } from "./route.ts";

const cap = z.int().min(0).max(1e15).nullable().optional();

/** What a customer, or the operator for them, sets for a quota. */
export const quotaBody = z
  .strictObject({
    requests_cap: cap.describe("Requests a month; null: the plan's quota alone."),
    bytes_cap: cap.describe("Bytes a month; null: the plan's quota alone."),
    at_quota: quotaSchema.shape.at_quota.optional(),
  })
  .openapi("QuotaChange", { example: { requests_cap: 5_000_000, at_quota: "stop" } });

const shown = { description: "The quota of this month and what is used of it", ...jsonContent(quotaSchema) };

const readRoute = route({
  method: "get",
  path: "/v1/quota",
  operationId: "readQuota",
  summary: "Read how much live zones may serve this month, and how much they have",
  description: "For the calendar month in UTC, by the plan and by caps of your own. Test zones have no quota.",
  tags: ["Usage"],
  scope: "usage:read",
  responses: { 200: shown },
});

const changeRoute = route({
  method: "patch",
  path: "/v1/quota",
  operationId: "changeQuota",
  summary: "Set caps of your own, and what happens at the quota",
  description:
    "At 80 % and at the whole quota the webhooks of /api/v1 are sent quota.near and quota.reached. If live zones are to " +
    "stop, they answer 429 some seconds after the quota is reached, until the month ends or the quota is raised.",
  tags: ["Usage"],
  scope: "keys:write",
  request: { body: requiredJson(quotaBody) },
  responses: { 200: shown },
});

/** Adds `/v1/quota` to the API. */
export function addQuota(app: OpenAPIHono<RestEnv>): void {
  app.openapi(readRoute, async (c) => {
    requireWholeAccount(c);
    return c.json(await shownQuota(c, c.var.caller.account), 200);
  });

  app.openapi(changeRoute, async (c) => {
    requireWholeAccount(c);
    await setQuota(c, actorOf(c), c.req.valid("json"));
    return c.json(await shownQuota(c, c.var.caller.account), 200);
  });
}

/** Changes a quota, with immediate effect. */
export async function setQuota(c: RestContext, actor: Actor, body: z.output<typeof quotaBody>): Promise<void> {
  const change: QuotaChange = { requests: body.requests_cap, bytes: body.bytes_cap, atQuota: body.at_quota };
  await changeQuota(c.env.DB, actor, change, c.var.now);
  await reconsiderQuota(c, actor.account);
}

/** Makes the account's meter consider what a changed quota means. */
export async function reconsiderQuota(c: RestContext, account: string): Promise<void> {
  const document = await meterOf(c, account).reconsider();
  if (document !== null) accountTableOf(c.env.ZONES).remember(document, c.var.now);
}

/** The quota of an existing account, as the API shows it. */
export async function shownQuota(c: RestContext, account: string): Promise<z.input<typeof quotaSchema>> {
  const [quota, used] = await Promise.all([readQuota(c.env.DB, account), meterOf(c, account).used()]);
  if (quota === null) throw new Problem("not_found");
  return quotaJson(quota, used, c.var.now);
}

/** The meter of an account's live zones, the only ones that count. */
function meterOf(c: RestContext, account: string) {
  return c.env.USAGE_METER.getByName(ownerOf({ account, mode: "live" }));
}

/** A quota covers all live zones together, and its consequences affect all of them. */
function requireWholeAccount(c: RestContext): void {
  const { mode, zones } = c.var.caller;
  if (mode === "test") throw new Problem("forbidden", { sentence: "only live zones have a quota: use a live key" });
  if (zones !== null)
    throw new Problem("forbidden", {
      sentence: "this key is restricted to certain zones, but the quota is for the whole account",
    });
}
