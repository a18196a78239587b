import { beforeAll, describe, expect, it } from "vitest";
import type { components } from "../../dist/api-types/rescdn.d.ts";
import { newEmail, newName } from "../support/control-plane.ts";
import { documentsOfApi } from "../support/documented.ts";
import { operatorClient, rescdnClient, resolvedbClient } from "./client.ts";

// A client of the public makers' own, typed by the documents alone: what does not fit them is an error of `npm run check`.

beforeAll(documentsOfApi);

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** What an answer holds that has to be a success. */
function dataOf<Data>({ data, error, response }: Result<Data>): Data {
  if (data === undefined) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

async function newAccount() {
  const { account } = dataOf(
    await operatorClient().POST("/admin/accounts", { body: { name: "Acme", email: newEmail(), plan: "pro" } }),
  );
  const { keys } = dataOf(
    await operatorClient().POST("/admin/accounts/{id}/recover", {
      params: { path: { id: account.id } },
      body: { revoke_keys: true },
    }),
  );
  return { account, keys };
}

describe("a client that openapi-typescript and openapi-fetch make of /openapi.json", () => {
  it("creates a zone, reads and changes it, and is told of a lost update", async () => {
    const { keys } = await newAccount();
    const client = rescdnClient(keys.live);
    const created = await client.POST("/v1/zones", {
      params: { header: { "Idempotency-Key": "first" } },
      body: {
        name: newName(),
        origin: "https://origin.example.com",
        settings: { ttl: { css: 60 }, query: { except: ["utm_*", "fbclid"] }, forward: { cookies: true } },
      },
    });
    const { id, settings } = dataOf(created);
    expect(created.response.headers.get("location")).toBe(`/v1/zones/${id}`);
    const { ttl, query, forward, cors, origin_headers, timeouts } = settings;
    expect([ttl.css, ttl.js, forward.cookies, cors, timeouts.idle_ms]).toEqual([60, 86_400, true, "*", 15_000]);
    expect(typeof query === "object" && "except" in query && query.except).toEqual(["utm_*", "fbclid"]);
    expect(Object.keys(origin_headers)).toEqual([]);

    const path = { id };
    const read = await client.GET("/v1/zones/{id}", { params: { path } });
    expect(dataOf(read)).toEqual(created.data);
    const etag = read.response.headers.get("etag") ?? "";
    const body: components["schemas"]["ZoneChange"] = {
      settings: { ...settings, query: "sort", fallback_origin: null },
    };
    const changed = await client.PATCH("/v1/zones/{id}", { params: { path, header: { "If-Match": etag } }, body });
    expect(dataOf(changed).settings).toEqual({ ...settings, query: "sort" });

    const late = await client.PATCH("/v1/zones/{id}", { params: { path, header: { "If-Match": etag } }, body });
    expect([late.response.status, late.error?.code]).toEqual([412, "precondition_failed"]);
    const wrong = await client.PATCH("/v1/zones/{id}", { params: { path }, body: { origin: "ftp://x" } });
    expect(wrong.error?.details?.map(({ field }) => field)).toEqual(["origin"]);
    const listed = dataOf(await client.GET("/v1/zones", { params: { query: { limit: 1 } } }));
    expect(listed.zones.map((zone) => zone.id)).toEqual([id]);
    expect(listed.next_cursor).toBeNull();
    expect((await client.DELETE("/v1/zones/{id}", { params: { path } })).response.status).toBe(204);
  });

  it("purges by each kind, and reads what was purged", async () => {
    const { keys } = await newAccount();
    const client = rescdnClient(keys.live);
    const { name } = dataOf(
      await client.POST("/v1/zones", { body: { name: newName(), origin: "https://origin.example.com" } }),
    );
    dataOf(await client.GET("/v1/purge", { params: { query: { zone: name, path: "/a.css", soft: "true" } } }));
    const order = { zone: name, path: "/b.css", paths: ["/c.css?v=1"], prefixes: ["/img/"], tags: ["release-41"] };
    const { id } = dataOf(await client.POST("/v1/purge", { body: order }));
    dataOf(await client.POST("/v1/purge", { body: { zone: name, everything: true } }));
    const { purges } = dataOf(await client.GET("/v1/purges", { params: { query: { zone: name } } }));
    expect(purges.map(({ soft, everything, state }) => [soft, everything, state])).toEqual([
      [false, true, "published"],
      [false, false, "published"],
      [true, false, "published"],
    ]);
    const one = dataOf(await client.GET("/v1/purges/{id}", { params: { path: { id } } }));
    expect([one.count, one.paths, one.prefixes, one.tags]).toEqual([
      4,
      ["/b.css", "/c.css?v=1"],
      ["/img/"],
      ["release-41"],
    ]);
  });

  it("makes, renames, rotates and revokes a key, and reads usage, quota, audit and itself", async () => {
    const { account, keys } = await newAccount();
    const client = rescdnClient(keys.live);
    const key = dataOf(await client.POST("/v1/keys", { body: { name: "CI", scopes: ["purge"], expires: null } }));
    const at = (id: string) => ({ params: { path: { id } } });
    expect(dataOf(await client.PATCH("/v1/keys/{id}", { ...at(key.id), body: { name: "CI 2" } })).name).toBe("CI 2");
    const rotated = dataOf(await client.POST("/v1/keys/{id}/rotate", at(key.id)));
    const graced = dataOf(
      await rescdnClient(rotated.token).POST("/v1/keys/{id}/rotate", {
        ...at(rotated.id),
        body: { grace_seconds: 60 },
      }),
    );
    expect(dataOf(await rescdnClient(graced.token).GET("/v1/me")).key?.scopes).toEqual(["purge"]);
    expect((await client.DELETE("/v1/keys/{id}", at(graced.id))).response.status).toBe(204);
    const refused = await rescdnClient(graced.token).GET("/v1/me");
    expect([refused.response.status, refused.error?.code]).toEqual([401, "unauthenticated"]);

    const me = dataOf(await client.GET("/v1/me"));
    expect([me.account.id, me.account.plan, me.limits.zones.in_use]).toEqual([account.id, "pro", 0]);
    const usage = dataOf(await client.GET("/v1/usage", { params: { query: { granularity: "day" } } }));
    expect([usage.requests, usage.by_zone, usage.series?.at(0)?.requests]).toEqual([0, [], 0]);
    const quota = dataOf(await client.PATCH("/v1/quota", { body: { requests_cap: 5_000, at_quota: "stop" } }));
    expect([quota.requests.cap, quota.bytes.cap, quota.at_quota]).toEqual([5_000, null, "stop"]);
    expect(dataOf(await client.GET("/v1/quota"))).toEqual(quota);
    const audit = dataOf(await client.GET("/v1/audit", { params: { query: { action: "key.rotate" } } }));
    expect(audit.changes.map(({ action }) => action)).toEqual(["key.rotate", "key.rotate"]);
  });
});

describe("a client that they make of /api/v1/openapi.json", () => {
  it("stores a record, reads, changes, lists and deletes it", async () => {
    const { keys } = await newAccount();
    const client = resolvedbClient(keys.resolvedb);
    const namespace = newName();
    const made = dataOf(await client.POST("/api/v1/namespaces", { body: { namespace: { name: namespace } } }));
    expect(made.namespace.visibility).toBe("public");
    const { record } = dataOf(
      await client.POST("/api/v1/records", { body: { record: { key: `config.${namespace}.v1`, data: btoa("{}") } } }),
    );
    expect(record.dns_query).toBe(`get.config.${namespace}.v1.resolvedb.net`);
    const at = { params: { path: { id: record.id } } };
    const changed = dataOf(await client.PATCH("/api/v1/records/{id}", { ...at, body: { record: { ttl: 60 } } }));
    expect(changed.record.ttl).toBe(60);
    expect(dataOf(await client.GET("/api/v1/records/{id}", at))).toEqual(changed);
    const listed = dataOf(await client.GET("/api/v1/records", { params: { query: { namespace, per_page: 1 } } }));
    expect([listed.records, listed.meta.total]).toEqual([[changed.record], 1]);
    const name = { name: record.dns_query, type: "TXT" };
    const read = dataOf(await client.GET("/resolve", { params: { query: name } }));
    expect(read.Answer?.map(({ data }) => data).join()).toContain("d={}");
    expect((await client.DELETE("/api/v1/records/{id}", at)).response.status).toBe(204);
    const missing = await client.GET("/api/v1/records/{id}", at);
    expect([missing.response.status, missing.error?.error.code]).toEqual([404, "not_found"]);
  });

  it("closes a namespace, opens it with a query token, and hears of changes by a webhook", async () => {
    const { keys } = await newAccount();
    const client = resolvedbClient(keys.resolvedb);
    const name = newName();
    const closed = await client.POST("/api/v1/namespaces", { body: { namespace: { name, visibility: "private" } } });
    expect(dataOf(closed).namespace.visibility).toBe("private");
    const path = { name };
    const { query_token: token } = dataOf(
      await client.POST("/api/v1/namespaces/{name}/query_tokens", {
        params: { path },
        body: { query_token: { name: "servers" } },
      }),
    );
    expect(token.label).toBe(`auth-${token.token}`);
    const { query_tokens: tokens } = dataOf(
      await client.GET("/api/v1/namespaces/{name}/query_tokens", { params: { path } }),
    );
    expect(tokens.map(({ id, expires_at }) => [id, expires_at])).toEqual([[token.id, null]]);

    const { events } = dataOf(await client.GET("/api/v1/webhooks/events"));
    const { webhook } = dataOf(
      await client.POST("/api/v1/webhooks", {
        body: { webhook: { url: "https://hooks.example.com/a", events: events.map((event) => event.name) } },
      }),
    );
    expect(webhook.secret).toMatch(/^whsec_/);
    const at = { params: { path: { id: webhook.id } } };
    const paused = dataOf(
      await client.PATCH("/api/v1/webhooks/{id}", { ...at, body: { webhook: { enabled: false } } }),
    );
    expect([paused.webhook.enabled, paused.webhook.last_result]).toEqual([false, null]);
    expect(dataOf(await client.GET("/api/v1/webhooks/{id}/deliveries", at)).deliveries).toEqual([]);
    expect((await client.DELETE("/api/v1/webhooks/{id}", at)).response.status).toBe(204);
    const { api_key: key } = dataOf(
      await client.POST("/api/v1/api_keys", { body: { api_key: { name: "reader", scopes: ["read"] } } }),
    );
    expect(dataOf(await resolvedbClient(key.token).GET("/api/v1/me")).user.records_count).toBe(0);
  });
});
