import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "../rest/context.ts";
import { finishedDocument } from "../rest/finished-document.ts";
import { LICENSE } from "../rest/license.ts";

const DESCRIPTION = `Manage zones of the ResCDN network and purge what the edge has stored.

**Authentication.** Every call needs an API key in the header \`X-ResCDN-Key\`. Keys that begin with \`rk_live_\` see and
create live zones, keys that begin with \`rk_test_\` only test zones. Each call names the scope that it needs.

**Errors.** An error is \`{"error": "<sentence>", "code": "<word>", "request_id": "…"}\`. The word does not change. With
422, \`details\` lists all fields and parameters that are wrong or unknown. What does not exist and what belongs to another
account get the same 404.

**Rate limit.** A key may make 100 requests in any 60 seconds, or more if the plan allows it. A rotated key and its successor
count as one. All keys of an account together may make five times as many requests. Every answer says in \`RateLimit\` which
limit applies and how many requests remain; a 429 says in \`Retry-After\` how many seconds to wait.

**Pages.** Lists come in pages: pass \`next_cursor\` as \`cursor\` to read the next one, until it is null.

**Repeats.** A POST that takes \`Idempotency-Key\` is done only once: for a day, a repetition with the same key and the same
request gets the first answer again. After a refused request, the key can be used again. An account can use 1,000 of these
keys a day, or more if its plan allows it.

**Lost updates.** A zone's answers have an \`ETag\`. A change that sends it in \`If-Match\` is refused with 412 if somebody
else has changed the zone since.`;

const TAGS = [
  { name: "Zones", description: "A zone maps a subdomain on the ResCDN network to your origin server." },
  { name: "Hostnames", description: "Serve a zone at hostnames of your own." },
  { name: "Signed URLs", description: "URLs that give access for a limited time to whoever has them." },
  { name: "Purge", description: "Make the edge forget what it has stored." },
  { name: "Tail and logs", description: "Watch a zone's requests live, or have them delivered to a server of yours." },
  { name: "Files", description: "Files that a zone serves without a server of yours." },
  { name: "Why", description: "What the edge does with a request, and why." },
  { name: "Usage", description: "What the edge has answered for you." },
  { name: "Keys", description: "A key can create only keys that may do no more than itself." },
  { name: "Audit", description: "Who changed what." },
  { name: "People", description: "Who is signed in at the dashboard, and who may do what in an account." },
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
    description: "The session of somebody who is signed in; it counts only on the dashboard's host.",
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
