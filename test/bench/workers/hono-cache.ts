/** Hono's own cache middleware in front of an origin. */
import { Hono } from "hono";
import { cache } from "hono/cache";

const app = new Hono<{ Bindings: { ORIGIN: string } }>();

app.get("*", cache({ cacheName: "bench", cacheControl: "max-age=86400" }));

app.get("*", (c) => {
  const { pathname, search } = new URL(c.req.url);
  return fetch(c.env.ORIGIN + pathname + search);
});

export default app;
