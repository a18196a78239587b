import { type ControlSurface, createEntry } from "./entry.ts";
import type { Env } from "./env.ts";
import { DRAIN } from "./usage/drain.ts";

export { RateLimiter } from "./accounts/rate-limiter.ts";
export { RecordPublisher } from "./records/record-publisher.ts";
export { WebhookDispatcher } from "./records/webhooks/dispatcher.ts";
export { UsageMeter } from "./usage/meter.ts";
export { ZonePublisher } from "./zones/publisher.ts";
export { PurgeAccelerator } from "./zones/purge-accelerator.ts";

const entry = createEntry<Env>(controlPlane);

/** Loaded when first called: the edge's cold start does not pay for the control plane. */
function controlPlane(
  surface: ControlSurface,
  url: URL,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  switch (surface) {
    case "api":
      return import("./api/app.ts").then(({ handleApi }) => handleApi(request, env, ctx));
    case "records":
      return import("./records/rest/app.ts").then(({ handleRecordsApi }) => handleRecordsApi(request, env, ctx));
    case "dns":
      return import("./records/dns/doh.ts").then(({ handleDns }) =>
        handleDns(request, url, env, (work) => ctx.waitUntil(work), Date.now()),
      );
    default:
      return surface satisfies never;
  }
}

export default {
  fetch: entry.fetch,

  async scheduled({ cron, scheduledTime }, env) {
    if (cron === DRAIN) return entry.drain();
    const { everyMinute } = await import("./cron.ts");
    await everyMinute(env, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
