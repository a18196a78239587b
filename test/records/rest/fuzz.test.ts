import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { anyText } from "../../support/any-text.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { newNamespaceName, newRecord, rest, type ShownRecord } from "../../support/records-api.ts";

let customer: Customer;
let record: ShownRecord;

moveClockWithCalls();
beforeAll(async () => {
  customer = await newCustomer();
  record = await newRecord(customer.resolvedb, `config.${newNamespaceName()}.v1`);
  await env.DB.prepare("UPDATE accounts SET plan = 'enterprise'").run(); // for its rate
});

const name = fc.oneof(
  fc.constantFrom("record", "api_key", "namespace", "query_token", "key", "data", "ttl", "name", "scopes"),
  fc.constantFrom("expires_at", "visibility", "webhook", "url", "__proto__", "constructor", "toString", ""),
  anyText({ maxLength: 8 }),
);
const leaf = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 60, 1e308, "AA==", "e30=", "config.app.v1", "..", "\u0000", "\ud800", "private"),
  fc.constantFrom("2099-12-31T23:59:59Z", "read", "a.b.c.d.v1", "*.*.v1", "https://a.example", "https://[::1]"),
  anyText(),
  fc.double(),
);
const tree = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, leaf, fc.array(tie("tree"), { maxLength: 4 }), tie("object")),
  object: fc.dictionary(name, tie("tree"), { maxKeys: 5, noNullPrototype: false }),
})).tree;
/** Half of the bodies have the shape that a call expects, with anything in it. */
const body = fc.oneof(
  tree,
  fc.record({ record: fc.record({ key: leaf, data: leaf, ttl: leaf }, { requiredKeys: [] }) }),
  fc.record({ api_key: fc.record({ name: leaf, scopes: fc.oneof(leaf, fc.array(leaf)), expires_at: leaf }) }),
  fc.record({ namespace: fc.record({ name: leaf, visibility: leaf }, { requiredKeys: [] }) }),
  fc.record({ webhook: fc.record({ url: leaf, events: fc.oneof(leaf, fc.array(leaf)), enabled: leaf }) }),
  fc.record({ query_token: fc.record({ name: leaf, expires_at: leaf }, { requiredKeys: ["name"] }) }),
);
const place = fc.constantFrom(
  ["POST", "/records"],
  ["PATCH", "/records/rec_missing"],
  ["POST", "/api_keys"],
  ["POST", "/namespaces"],
  ["PATCH", "/namespaces/missing"],
  ["POST", "/namespaces/missing/query_tokens"],
  ["POST", "/webhooks"],
  ["PATCH", "/webhooks/hook_missing"],
);

it("refuses any body that makes no sense with a 4xx, and stays whole", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(place, body, async ([method, path], sent) => {
      const { status } = await rest(path!, { method: method!, key: customer.resolvedb, body: JSON.stringify(sent) });
      expect([201, 400, 403, 404, 422]).toContain(status);
    }),
    { numRuns: 600, seed: 20261125 },
  );
  const { dns_query: _, ...shown } = record;
  expect(await (await rest(`/records/${record.id}`, { key: customer.resolvedb })).json()).toEqual({ record: shown });
});

it("reads any query and any path without failing", { timeout: 60_000 }, async () => {
  const parameter = fc.constantFrom("namespace", "resource", "page", "per_page", "x", "__proto__");
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("/records", "/namespaces"),
      fc.oneof(fc.constant(""), anyText({ maxLength: 20 })),
      fc.dictionary(parameter, fc.oneof(anyText(), fc.constantFrom("1", "100", "2"))),
      async (path, id, query) => {
        const parameters = new URLSearchParams(Object.entries(query).map(([key, text]) => [key, text.toWellFormed()]));
        const below = id === "" ? "" : `/${encodeURIComponent(id.toWellFormed())}`;
        const { status } = await rest(`${path}${below}?${parameters}`, { key: customer.resolvedb });
        expect([200, 404, 422]).toContain(status);
      },
    ),
    { numRuns: 300, seed: 20261125 },
  );
});
