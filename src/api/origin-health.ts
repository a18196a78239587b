import type { OpenAPIHono } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { RestEnv } from "../rest/context.ts";
import type { SeenOrigin } from "../why/origin-health-report.ts";
import type { Inspector } from "../why/report.ts";
import { toldWord } from "../why/told-word.ts";
import { type FailedChecks, isDownBy, readChecks } from "../zones/origin-check-rows.ts";
import { Problem } from "./errors.ts";
import { originHealthRoute } from "./origin-health-routes.ts";
import { zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/zones/:id/origins/health` to the API. @param inspector the edge to ask */
export function addOriginHealth(app: OpenAPIHono<RestEnv>, inspector: Inspector): void {
  app.openapi(originHealthRoute, async (c) => {
    const { id, name, settings } = await zoneInScope(c, c.req.valid("param").id);
    const call = { request: c.req.raw, waitUntil: (work: Promise<unknown>) => c.executionCtx.waitUntil(work) };
    const [report, checks] = await Promise.all([
      inspector.originHealth({ name, id }, call),
      settings.failover?.check_path === undefined ? null : readChecks(c.env.DB, id),
    ]);
    if (report === null)
      throw new Problem("not_found", { sentence: "the edge does not know the zone yet: try again in a moment" });
    return c.json(
      {
        zone: id,
        location: report.location,
        at: isoSeconds(report.at),
        upper_tier: report.upperTier,
        checked: checks === null || checks.checkedAt === 0 ? null : isoSeconds(checks.checkedAt),
        origins: report.origins.map(({ name: called, url, weight, asked, seen }) => {
          const isChecked = checks !== null && checks.checkedAt > 0 && called !== null && asked !== "never";
          const by_requests = seen === null ? null : bySeen(seen);
          const by_checks = isChecked ? byFailures(checks.failures[called]) : null;
          return {
            name: called,
            url,
            weight,
            down: by_requests?.down === true || by_checks?.down === true,
            asked,
            by_requests,
            by_checks,
          };
        }),
      },
      200,
    );
  });
}

function bySeen({ isDown, since, at, reason }: NonNullable<SeenOrigin["seen"]>) {
  return { down: isDown, since: isoSeconds(since), at: isoSeconds(at), ...told(reason) };
}

function byFailures(failed: FailedChecks | undefined) {
  if (failed === undefined) return { down: false, failures: 0, since: null, ...told(null) };
  const { times, since, reason } = failed;
  return { down: isDownBy(failed), failures: times, since: since === null ? null : isoSeconds(since), ...told(reason) };
}

function told(reason: string | null) {
  const isStatus = reason !== null && /^\d{3}$/.test(reason);
  return { status: isStatus ? Number(reason) : null, word: toldWord(reason) };
}
