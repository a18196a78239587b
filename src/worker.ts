import { Flights } from "./edge/flights.ts";
import { Memory } from "./edge/memory.ts";
import { refuse } from "./edge/refusal.ts";
import { type Edge, serve } from "./edge/serve.ts";
import { createStore } from "./edge/store.ts";
import { type Env, settingsOf } from "./env.ts";
import { surfaceOf } from "./hosts.ts";
import { zoneTableOf } from "./zones/zone-table.ts";

export { ZonePublisher } from "./zones/publisher.ts";

let edge: Edge | null = null;

/** What the edge keeps between requests: one for each isolate. */
function edgeOf(env: Env): Edge {
  edge ??= {
    zones: zoneTableOf(env.ZONES),
    store: createStore(caches.default, `https://${settingsOf(env).edgeDomains[0]}`),
    flights: new Flights(),
    memory: new Memory(settingsOf(env).memory),
  };
  return edge;
}

export default {
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    try {
      const surface = surfaceOf(url.hostname, settingsOf(env));
      switch (surface.kind) {
        case "edge":
          return await serve(request, url, surface.zone, edgeOf(env), (work) => ctx.waitUntil(work));
        case "api": {
          // Loaded when first called: the edge's cold start does not pay for the control plane.
          const { handleApi } = await import("./api/app.ts");
          return await handleApi(request, env, ctx);
        }
        case "unknown":
          return refuse("unknown-host", request);
        default:
          return surface satisfies never;
      }
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      console.error(JSON.stringify({ event: "uncaught", host: url.hostname, path: url.pathname, stack }));
      return refuse("internal", request);
    }
  },

  async scheduled(_controller, env) {
    const { republishLagging } = await import("./zones/publication.ts");
    await republishLagging(env.DB, env.ZONE_PUBLISHER);
  },
} satisfies ExportedHandler<Env>;
