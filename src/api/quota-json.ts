import { z } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import { monthOf } from "../usage/period.ts";
import { levelOf, quotaOf, type Used } from "../usage/quota.ts";
import type { AccountQuota } from "../usage/quota-rows.ts";

const bound = z.int().nullable();
const one = z
  .object({
    used: z.int().openapi({ example: 8_000_000 }),
    quota: bound
      .openapi({ example: 10_000_000 })
      .describe("What applies: the plan's limit, or the cap if that is lower. Null: there is no limit."),
    plan: bound.openapi({ example: 10_000_000 }).describe("What the plan allows."),
    cap: bound.describe("The customer's own cap."),
  })
  .openapi("QuotaOf");

/** A month's quota as the API shows it. */
export const quotaSchema = z
  .object({
    month: z.string().openapi({ example: "2026-11" }).describe("The calendar month, in UTC."),
    requests: one,
    bytes: one.describe("Of bodies, as in /v1/usage."),
    level: z.enum(["within", "near", "reached"]).describe("near: 80 % of one of them is used, reached: all of it."),
    at_quota: z
      .enum(["continue", "stop"])
      .describe("What live zones do when it is reached: go on serving, or answer 429 until the month ends."),
    stopped_until: z.iso.datetime().nullable().describe("Until when live zones answer 429; null: they are served."),
  })
  .openapi("Quota");

/** @param now ms since the epoch */
export function quotaJson(
  { plan, cap, atQuota, stoppedUntil }: AccountQuota,
  used: Used,
  now: number,
): z.input<typeof quotaSchema> {
  const quota = quotaOf(plan, cap);
  const of = (name: keyof Used) => ({ used: used[name], quota: quota[name], plan: plan[name], cap: cap[name] });
  return {
    month: isoSeconds(monthOf(now)).slice(0, 7),
    requests: of("requests"),
    bytes: of("bytes"),
    level: levelOf(used, quota),
    at_quota: atQuota,
    stopped_until: stoppedUntil !== null && stoppedUntil > now ? isoSeconds(stoppedUntil) : null,
  };
}
