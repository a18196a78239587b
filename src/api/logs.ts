import type { OpenAPIHono } from "@hono/zod-openapi";
import { auditStatement } from "../accounts/audit-log.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { sealedLogSecret } from "../request-log/delivery/log-secret.ts";
import { putLogSecret, secretSince } from "../request-log/delivery/log-target-rows.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestEnv } from "../rest/context.ts";
import { isSecret, newSecret } from "../signed-delivery/secret.ts";
import type { LogTarget } from "../zones/log-settings.ts";
import { Problem } from "./errors.ts";
import { logSecretRoute, readLogsRoute } from "./logs-routes.ts";
import { keyringOf } from "./signing-keys.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope } from "./zone-in-scope.ts";

/** Adds `/v1/zones/:id/logs` to the API. */
export function addLogs(app: OpenAPIHono<RestEnv>): void {
  app.openapi(readLogsRoute, async (c) => {
    const { id, settings } = await zoneInScope(c, c.req.valid("param").id);
    const target = settings.logs?.target;
    const [since, known] = await Promise.all([secretSince(c.env.DB, id), c.env.LOG_OUTBOX.getByName(id).state()]);
    const { delivered, waiting, lost, failures, failingSince, lastDelivery, lastFailure } = known;
    const at = (time: number | null) => (time === null ? null : isoSeconds(time));
    return c.json(
      {
        state: stateOf(target, since, known),
        target: target === undefined ? null : shownTarget(target),
        secret_since: at(since),
        delivered,
        waiting,
        lost,
        failures,
        failing_since: at(failingSince),
        last_delivery: lastDelivery && { ...lastDelivery, at: isoSeconds(lastDelivery.at) },
        last_failure: lastFailure && { ...lastFailure, at: isoSeconds(lastFailure.at) },
      },
      200,
    );
  });

  app.openapi(logSecretRoute, async (c) => {
    const keyring = keyringOf(c);
    const { id, settings } = await zoneInScope(c, c.req.valid("param").id);
    const { secret } = c.req.valid("json");
    const target = settings.logs?.target;
    if (target === undefined) throw new Problem("no_log_target");
    if (target.type === "s3" && secret === undefined)
      throw invalidField("secret", "is required: the secret access key");
    if (target.type === "https" && secret !== undefined && !isSecret(secret))
      throw invalidField("secret", "must be whsec_ followed by 24 to 64 bytes in Base64");
    const used = secret ?? newSecret();
    const change = { action: "zone.log_secret", target: id, before: null, after: { target: shownTarget(target) } };
    const audit = auditStatement(c.env.DB, actorOf(c), change, c.var.now);
    if (!(await putLogSecret(c.env.DB, id, sealedLogSecret(used, id, keyring), audit, c.var.now)))
      throw new Problem("not_found", { sentence: "zone not found" });
    await c.env.LOG_OUTBOX.getByName(id).retry();
    return c.json({ secret_since: isoSeconds(c.var.now), ...(secret === undefined && { secret: used }) }, 200);
  });
}

function stateOf(
  target: LogTarget | undefined,
  secretSince: number | null,
  { failures, lastDelivery }: { failures: number; lastDelivery: object | null },
): "off" | "no-secret" | "waiting" | "delivering" | "failing" {
  if (target === undefined) return "off";
  if (secretSince === null) return "no-secret";
  if (failures > 0) return "failing";
  return lastDelivery === null ? "waiting" : "delivering";
}

/** Only the server's origin: paths and queries of endpoints contain tokens. */
function shownTarget(target: LogTarget): string {
  return target.type === "s3" ? `${target.endpoint}/${target.bucket}` : new URL(target.url).origin;
}
