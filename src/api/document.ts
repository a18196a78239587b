import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "../rest/context.ts";
import { finishedDocument } from "../rest/finished-document.ts";
import { LICENSE } from "../rest/license.ts";

const DESCRIPTION = `Manage zones of the ResCDN network and purge what the edge has stored.

**Authentication.** Every call needs an API key in the header \`X-ResCDN-Key\`. Keys that begin with \`rk_live_\` see and
make live zones, keys that begin with \`rk_test_\` see and make test zones only. Each call names the scope that it needs.

**Errors.** An error is \`{"error": "<sentence>", "code": "<word>", "request_id": "…"}\`. The word does not change; with
422, \`details\` says which fields or parameters are wrong or unknown, all at once. What does not exist and what belongs to
another account answer the same 404.

**Rate limit.** A key may make 100 requests in any 60 seconds, more by its plan, together with the key that it took the place
of; all keys of an account together may make five times as many. Every answer says in \`RateLimit\` which limit binds and how
many requests remain; a 429 says in \`Retry-After\` how many seconds to wait.

**Pages.** Lists come in pages: pass \`next_cursor\` as \`cursor\` to read the next one, until it is null.

**Repeats.** A POST that takes \`Idempotency-Key\` is done once: one that repeats it with the same key and the same request
gets the first one's answer again, for a day. A refused request leaves the key to the next. An account can use 1,000 of these keys a day, more by its plan.

**Lost updates.** A zone's answers have an \`ETag\`. A change that sends it in \`If-Match\` is refused with 412 if somebody
else has changed the zone since.`;

const TAGS = [
  { name: "Zones", description: "A zone maps a subdomain on the ResCDN network to your origin server." },
  { name: "Hostnames", description: "Serve a zone at hostnames of your own." },
  { name: "Signed URLs", description: "URLs that grant something for a while, to whoever has them." },
  { name: "Purge", description: "Make the edge forget what it has stored." },
  { name: "Tail and logs", description: "What a zone is asked, as it is asked, and delivered to a server of yours." },
  { name: "Files", description: "What a zone serves without a server of yours." },
  { name: "Why", description: "What the edge does with a request, and why." },
  { name: "Usage", description: "What the edge has answered for you." },
  { name: "Keys", description: "A key can pass on no more than it may itself." },
  { name: "Audit", description: "Who changed what." },
  { name: "People", description: "Who is signed in at the dashboard, and who works with whom." },
  { name: "Operator", description: "For those who run the network." },
  { name: "Service", description: "About the API itself." },
];

/** Adds `/openapi.json`, the description of every route that `app` has (OpenAPI 3.1). */
export function addDocument(app: OpenAPIHono<RestEnv>): void {
  const { openAPIRegistry: registry } = app;
  registry.registerComponent("securitySchemes", "key", {
    type: "apiKey",
    in: "header",
    name: "X-ResCDN-Key",
    description: "An API key of your account: `rk_live_…` or `rk_test_…`.",
  });
  registry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "__Host-rescdn.session_token",
    description: "The session of somebody who is signed in, on the dashboard's host alone.",
  });
  registry.registerComponent("securitySchemes", "operator", {
    type: "http",
    scheme: "bearer",
    description: "The operator's token.",
  });
  let document: object | null = null;
  app.get("/openapi.json", (c) => {
    document ??= finishedDocument(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: { title: "ResCDN", version: "1", description: DESCRIPTION, license: LICENSE },
        servers: [{ url: "/", description: "The host that serves this document." }],
        tags: TAGS,
      }),
    );
    return c.json(document);
  });
}
