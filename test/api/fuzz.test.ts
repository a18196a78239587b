import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, it, vi } from "vitest";
import { anyText } from "../support/any-text.ts";
import { call, customerOf, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { expectDocumented } from "../support/documented.ts";
import { handleApi } from "../support/handle-api.ts";

const customer = customerOf(beforeAll);
let zone: ShownZone;

beforeAll(async () => {
  zone = await newZone(customer.live);
});

const key = fc.oneof(
  fc.constantFrom("name", "origin", "settings", "zone", "path", "paths", "prefixes", "tags", "everything", "active"),
  fc.constantFrom("ttl", "ttl_by_extension", "forward", "headers", "origin_headers", "cors", "query", "timeouts"),
  fc.constantFrom("scopes", "zones", "expires", "grace_seconds", "limit", "cursor", "action", "target", "from", "to"),
  fc.constantFrom("__proto__", "constructor", "toString", ""),
  anyText({ maxLength: 8 }),
);
const leaf = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 1e308, "https://a.example.com", "https://[", "/a", "/%", "\u0000", "\ud800"),
  anyText(),
  fc.double(),
);
const value = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("tree"), { maxLength: 4 }), tie("record")),
  record: fc.dictionary(key, tie("tree"), { maxKeys: 5, noNullPrototype: false }),
})).tree;

const places = fc.constantFrom<[string, (zone: string) => string]>(
  ["POST", () => "/v1/zones"],
  ["PATCH", (id) => `/v1/zones/${id}`],
  ["POST", () => "/v1/purge"],
  ["POST", () => "/v1/keys"],
  ["POST", () => "/v1/keys/key_missing/rotate"],
  ["POST", () => "/admin/accounts"],
);

it("refuses any body that makes no sense with a 4xx, and stays whole", async () => {
  await fc.assert(
    fc.asyncProperty(places, value, async ([method, path], tree) => {
      vi.setSystemTime(Date.now() + 1_000); // within the rate limit
      const body = JSON.stringify(withZone(tree));
      const headers = {
        "x-rescdn-key": customer.live,
        authorization: `Bearer ${env.ADMIN_TOKEN}`,
        "content-type": "application/json",
      };
      const request = new Request(`http://api.rescdn.io${path("zone_missing")}`, { method, headers, body });
      const answer = await handleApi(request, env, createExecutionContext());
      await expectDocumented({ method, path: path("zone_missing"), headers: request.headers, body, answer });
      expect([201, 400, 404, 422]).toContain(answer.status);
    }),
    { numRuns: 400, seed: 20261122 },
  );
  expect(await (await call(`/v1/zones/${zone.id}`, { key: customer.live })).json()).toEqual(zone);
}, 60_000);

/** Half of what names a zone should get as far as the look-up. */
function withZone(tree: unknown): unknown {
  return typeof tree === "object" && tree !== null && "zone" in tree ? { ...tree, zone: "zone_missing" } : tree;
}

it("reads any query without failing", async () => {
  const { live } = await newCustomer();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("/v1/zones", "/v1/purge", "/v1/keys", "/v1/audit"),
      fc.dictionary(key, fc.string()),
      async (path, query) => {
        const parameters = new URLSearchParams(
          Object.entries(query).map(([name, text]) => [name.toWellFormed(), text]),
        );
        const { status } = await call(`${path}?${parameters}`, { key: live });
        expect([200, 404, 422]).toContain(status);
      },
    ),
    { numRuns: 200, seed: 20261122 },
  );
}, 60_000);
