import { failure } from "./edge/failure.ts";
import { Flights } from "./edge/flights.ts";
import { Memory } from "./edge/memory.ts";
import { refuse } from "./edge/refusal.ts";
import { Routes } from "./edge/routes.ts";
import { toResponse } from "./edge/send.ts";
import { type Edge, serve } from "./edge/serve.ts";
import { createStore } from "./edge/store.ts";
import { type Env, settingsOf } from "./env.ts";
import { DRAIN } from "./usage/drain.ts";
import { Metering } from "./usage/metering.ts";
import { popOf } from "./usage/pops.ts";
import { cacheTagField } from "./zones/cache-tags.ts";
import { zoneTableOf } from "./zones/zone-table.ts";

export { RateLimiter } from "./accounts/rate-limiter.ts";
export { RecordPublisher } from "./records/record-publisher.ts";
export { WebhookDispatcher } from "./records/webhooks/dispatcher.ts";
export { UsageMeter } from "./usage/meter.ts";
export { ZonePublisher } from "./zones/publisher.ts";
export { PurgeAccelerator } from "./zones/purge-accelerator.ts";

let edge: (Edge & { usage: Metering }) | null = null;

/** What the edge keeps between requests: one for each isolate, which runs in one place. */
function edgeOf(env: Env, { cf }: Request): Edge & { usage: Metering } {
  const settings = settingsOf(env);
  return {
    routes: new Routes(settings),
    zones: zoneTableOf(env.ZONES),
    store: createStore(caches.default, `https://${settings.edgeDomains[0]}`, settings.cloudflare && cacheTagField),
    flights: new Flights(),
    memory: new Memory(settings.memory),
    usage: new Metering(env.USAGE_METER, popOf(cf?.colo)),
  };
}

function dispatch(request: Request, env: Env, ctx: ExecutionContext): Response | Promise<Response> {
  edge ??= edgeOf(env, request);
  const route = edge.routes.routeOf(request.url);
  // RFC 9112 §3.2: "a server MUST respond with a 400".
  if (route === null) return toResponse(refuse("bad-host", request));
  switch (route.surface.kind) {
    case "edge":
      return serve(request, route, route.surface.zone, edge, (work) => ctx.waitUntil(work));
    // What follows is loaded when first called: the edge's cold start does not pay for the control plane.
    case "api":
      return import("./api/app.ts").then(({ handleApi }) => handleApi(request, env, ctx));
    case "records":
      return import("./records/rest/app.ts").then(({ handleRecordsApi }) => handleRecordsApi(request, env, ctx));
    case "dns":
      return import("./records/dns/doh.ts").then(({ handleDns }) =>
        handleDns(request, route.url, env, (work) => ctx.waitUntil(work), Date.now()),
      );
    case "unknown":
      return toResponse(refuse("unknown-host", request));
    default:
      return route.surface satisfies never;
  }
}

export default {
  // Not async: what is hot is answered without a promise.
  fetch(request, env, ctx) {
    try {
      const answer = dispatch(request, env, ctx);
      return answer instanceof Promise ? answer.catch((error) => toResponse(failure(request, error))) : answer;
    } catch (error) {
      return toResponse(failure(request, error));
    }
  },

  async scheduled({ cron, scheduledTime }, env) {
    if (cron === DRAIN) return edge?.usage.drain();
    const { everyMinute } = await import("./cron.ts");
    await everyMinute(env, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
