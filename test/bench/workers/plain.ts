/** A CDN as one would write it in an afternoon: for each request the zone from KV, and the answer from `caches.default`. */
import type { KVNamespace } from "@cloudflare/workers-types";
import { Hono } from "hono";

interface Env {
  ZONES: KVNamespace;
}

interface Zone {
  origin: string;
}

/** workerd's: besides the caches by name it has one for all. */
declare const caches: { default: Cache };

const app = new Hono<{ Bindings: Env }>();

app.get("*", async (c) => {
  const url = new URL(c.req.url);
  const name = url.hostname.split(".")[0];
  const zone = await c.env.ZONES.get<Zone>(`zone:${name}`, "json");
  if (zone === null) return c.text("no such zone", 404);

  const cached = await caches.default.match(c.req.raw);
  if (cached !== undefined) return withHeaders(cached, "HIT");

  const response = withHeaders(await fetch(zone.origin + url.pathname + url.search), "MISS");
  if (response.ok) c.executionCtx.waitUntil(caches.default.put(c.req.raw, response.clone()));
  return response;
});

function withHeaders(response: Response, cache: "HIT" | "MISS"): Response {
  const answer = new Response(response.body, response);
  answer.headers.set("X-Cache", cache);
  answer.headers.set("Access-Control-Allow-Origin", "*");
  answer.headers.set("X-Content-Type-Options", "nosniff");
  return answer;
}

export default app;
