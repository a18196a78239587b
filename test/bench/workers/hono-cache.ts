/** Hono's own cache middleware in front of an origin. */
import { Hono } from "hono";
import { cache } from "hono/cache";

const app = new Hono<{ Bindings: { ORIGIN: string; HEADERS: [string, string][] } }>();

// It does not keep answers with a Vary that it has not been told about.
app.get("*", cache({ cacheName: "bench", cacheControl: "max-age=86400", vary: "Accept-Encoding" }));

app.get("*", async (c) => {
  const { pathname, search } = new URL(c.req.url);
  const { body } = await fetch(c.env.ORIGIN + pathname + search);
  return new Response(body, { headers: c.env.HEADERS });
});

export default app;
