import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hashToken, newToken } from "../../src/accounts/token.ts";
import { everyMinute } from "../../src/cron.ts";
import { republishLagging } from "../../src/zones/publication.ts";
import { call, customerOf, newCustomer, newZone, type ShownZone, textWithoutId } from "../support/control-plane.ts";
import { handleApi } from "../support/handle-api.ts";
import { newKey } from "../support/keys.ts";

const customer = customerOf(beforeAll);
let zone: ShownZone;

beforeAll(async () => {
  zone = await newZone(customer.live);
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface ShownPurge {
  id: string;
  zone: string;
  soft: boolean;
  created: string;
  state: string;
}

async function purge(of: ShownZone, body: object, key = customer.live): Promise<string> {
  const answer = await call("/v1/purge", { method: "POST", key, body: { zone: of.id, ...body } });
  expect(answer.status).toBe(200);
  return (await answer.json<{ id: string }>()).id;
}

async function list(query = "", key = customer.live) {
  const answer = await call(`/v1/purges${query}`, { key });
  expect(answer.status).toBe(200);
  return answer.json<{ purges: ShownPurge[]; next_cursor: string | null }>();
}

const read = (id: string, key = customer.live) => call(`/v1/purges/${id}`, { key });

/** A key of the customer's that is restricted to zones. */
async function keyFor(...zones: ShownZone[]): Promise<string> {
  const token = newToken("rk_live");
  await env.DB.prepare(
    `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, zones, created_at)
     VALUES (?1, ?2, 'rescdn', 'live', ?3, '', '', 'purge', ?4, 0)`,
  )
    .bind(
      `key_${crypto.randomUUID()}`,
      customer.account,
      await hashToken(token),
      JSON.stringify(zones.map(({ id }) => id)),
    )
    .run();
  return token;
}

describe("GET /v1/purges/:id", () => {
  it("shows all that a purge named, as the edge reads it", async () => {
    const order = { path: "/a/../b", paths: ["/c?x=1", "/d/*"], prefixes: ["/p/"], tags: ["red", "blue"], soft: true };
    const id = await purge(zone, order);
    const answer = await read(id);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      id,
      zone: zone.id,
      zone_name: zone.name,
      key: expect.stringMatching(/^key_/),
      key_name: "first key",
      soft: true,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      state: "published",
      count: 6,
      everything: false,
      paths: ["/b", "/c?x=1"],
      prefixes: ["/d/", "/p/"],
      tags: ["blue", "red"],
    });
    const everything = await purge(zone, { everything: true });
    expect(await (await read(everything)).json()).toMatchObject({ everything: true, soft: false, paths: [] });
  });

  it("shows in the list what each purge named, the first ten things of it, how and by which key", async () => {
    const { token, id: key } = await newKey(customer.live, { scopes: ["purge"] });
    const fresh = await newZone(customer.live);
    const paths = Array.from({ length: 12 }, (_, i) => `/${String(i).padStart(2, "0")}${"x".repeat(300)}`);
    await call("/v1/purge", { method: "POST", key: token, body: { zone: fresh.id, paths, soft: true } });
    await call(`/v1/purge?zone=${fresh.id}&path=/a/*`, { key: customer.live });
    const { purges } = await list(`?zone=${fresh.id}`);
    expect(purges).toMatchObject([
      { zone_name: fresh.name, key_name: "first key", soft: false, count: 1, paths: [], prefixes: ["/a/"] },
      { zone_name: fresh.name, key, key_name: "new", soft: true, count: 12, prefixes: [], tags: [], everything: false },
    ]);
    expect((purges[1] as unknown as { paths: string[] }).paths).toEqual(
      paths.slice(0, 10).map((path) => `${path.slice(0, 256)}…`),
    );
  });

  it("says pending until the zone table holds the purge", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const unreachable = {
      getByName: () => {
        throw new Error("no route to the object");
      },
    };
    const broken = { ...env, ZONE_PUBLISHER: unreachable as unknown as typeof env.ZONE_PUBLISHER };
    const late = await newZone(customer.live);
    const request = new Request(`http://api.rescdn.io/v1/purge?zone=${late.id}&path=/a`, {
      headers: { "x-rescdn-key": customer.live },
    });
    expect((await handleApi(request, broken, createExecutionContext())).status).toBe(503);
    const stateOf = async () => (await list(`?zone=${late.id}`)).purges.map(({ state }) => state);
    expect(await stateOf()).toEqual(["pending"]);
    await republishLagging(env.DB, env.ZONE_PUBLISHER);
    expect(await stateOf()).toEqual(["published"]);
  });

  it("answers a stranger, a test key and a key of other zones as if there were no such purge, to the letter", async () => {
    const id = await purge(zone, { path: "/a" });
    const missing = await textWithoutId(await read("purge_missing"));
    expect(missing).toBe('{"error":"purge not found","code":"not_found","request_id":""}');
    const other = await newZone(customer.live);
    for (const key of [(await newCustomer()).live, customer.test, await keyFor(other)]) {
      const answer = await read(id, key);
      expect(answer.status).toBe(404);
      expect(await textWithoutId(answer)).toBe(missing);
    }
    expect((await read(id, await keyFor(zone))).status).toBe(200);
  });

  it("answers 403 to a key without the scope, and 401 to none", async () => {
    expect((await call("/v1/purges/x")).status).toBe(401);
    const token = await keyFor(zone);
    await env.DB.prepare("UPDATE api_keys SET scopes = 'zones:read' WHERE hash = ?1")
      .bind(await hashToken(token))
      .run();
    expect((await read("x", token)).status).toBe(403);
  });
});

describe("GET /v1/purges", () => {
  it("leads through all purges in pages, newest first, each once however much it named", async () => {
    const owner = await newCustomer();
    const [a, b] = [await newZone(owner.live), await newZone(owner.live)];
    const ids: string[] = [];
    for (const of of [a, b, a, a, b]) ids.unshift(await purge(of, { paths: ["/1", "/2"], tags: ["x"] }, owner.live));
    const seen: string[] = [];
    let query = "?limit=2";
    for (let page = 0; page < 3; page++) {
      const { purges, next_cursor } = await list(query, owner.live);
      seen.push(...purges.map(({ id }) => id));
      expect(next_cursor === null).toBe(page === 2);
      query = `?limit=2&cursor=${next_cursor}`;
    }
    expect(seen).toEqual(ids);
    for (const of of [b.id, b.name]) {
      const { purges } = await list(`?zone=${of}`, owner.live);
      expect(purges.map(({ id }) => id)).toEqual([ids[0], ids[3]]);
    }
  });

  it("lists those of the key's account, mode and zones, and those of deleted zones", async () => {
    const owner = await newCustomer();
    const [live, test] = [await newZone(owner.live), await newZone(owner.test)];
    const [first, second] = [
      await purge(live, { path: "/a" }, owner.live),
      await purge(test, { path: "/a" }, owner.test),
    ];
    await call(`/v1/zones/${live.id}`, { method: "DELETE", key: owner.live });
    expect((await list("", owner.live)).purges.map(({ id }) => id)).toEqual([first]);
    expect((await list("", owner.test)).purges.map(({ id }) => id)).toEqual([second]);
    const other = await newZone(customer.live);
    await purge(zone, { path: "/a" });
    const mine = await purge(other, { path: "/a" });
    expect((await list("", await keyFor(other))).purges.map(({ id }) => id)).toEqual([mine]);
  });

  it.each(["limit=0", "limit=1001", "cursor=x", "zone=", `cursor=${btoa("1 zone_x")}`])(
    "answers 422 to ?%s",
    async (query) => {
      expect((await call(`/v1/purges?${query}`, { key: customer.live })).status).toBe(422);
    },
  );
});

describe("the cron", () => {
  it("forgets purges 32 days later, when nothing stored can be older", async () => {
    const id = await purge(zone, { paths: ["/old", "/older"] });
    const purgedAt = Date.now();
    const cron = () => everyMinute(env, Date.now());
    vi.setSystemTime(purgedAt + 32 * 86_400_000 - 1_000);
    await cron();
    expect((await read(id)).status).toBe(200);
    vi.setSystemTime(purgedAt + 32 * 86_400_000 + 1_000);
    await cron();
    expect((await read(id)).status).toBe(404);
  });
});
