import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { NEWEST_MIGRATION } from "../../src/db/newest-migration.ts";
import { type Customer, call, newCustomer, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt, pass, playEdge } from "../support/edge.ts";
import { operate, operated, resume, suspend } from "../support/operator.ts";
import { newNamespaceName, newRecord, rest } from "../support/records-api.ts";
import { type EarlierDatabase, rememberDatabase } from "../support/time-travel.ts";

playEdge();

interface Page {
  kind: string;
  published: number;
  changes: { name: string; became: "changed" | "back" | "gone"; fields: string[] }[];
  cursor: string | null;
}

let customer: Customer;
let origin: Origin;
let zone: ShownZone;
let bodies = 0;
let origins = 0;
beforeEach(async () => {
  customer = await newCustomer();
  // Each answer is another.
  origin = originAt(`https://restored-${++origins}.example.com`).answers((request) =>
    asset(`${new URL(request.url).pathname} ${++bodies}`, { "cache-control": "max-age=600" })(request),
  );
  zone = await newZone(customer.live, { origin: origin.url });
}, 30_000);

/** Restores to the end, from a cursor on; what changed, by kind. */
async function restore(cursor: string | null = null): Promise<Page[]> {
  const pages: Page[] = [];
  for (let next = cursor, isFirst = true; isFirst || next !== null; isFirst = false) {
    const page = await operated<Page>("/restore", { cursor: next });
    pages.push(page);
    next = page.cursor;
  }
  return pages;
}

const changesOf = (pages: readonly Page[], kind: string) =>
  pages.filter((page) => page.kind === kind).flatMap(({ changes }) => changes);

const get = (path: string, name = zone.name) => exports.default.fetch(`http://${name}.rescdn.localhost${path}`);
const text = async (path: string, name?: string) => (await get(path, name)).text();
const statusOf = async (path: string, name?: string) => {
  const answer = await get(path, name);
  await answer.arrayBuffer();
  return answer.status;
};
const patch = (body: object) => call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body });
const purge = (path: string) => call(`/v1/purge?zone=${zone.name}&path=${path}`, { key: customer.live });
const remove = (name: string) => call(`/v1/zones/${name}`, { method: "DELETE", key: customer.live });

async function dataOf(key: string): Promise<string | null> {
  const answer = await exports.default.fetch(
    `http://dns.resolvedb.localhost/resolve?type=TXT&name=get.${key}.resolvedb.net`,
  );
  const { Answer = [] } = await answer.json<{ Answer?: { data: string }[] }>();
  return /;d=(\w*)/.exec(Answer[0]?.data ?? "")?.[1] ?? null;
}

describe("after a restore", { timeout: 30_000 }, () => {
  it("nothing is served that was purged since, nor what was stored under versions that are counted anew", async () => {
    const earlier = await rememberDatabase();
    const first = await text("/a.css");
    await purge("/a.css");
    await patch({ settings: { negative_ttl: 20 } });
    const second = await text("/a.css");
    await purge("/b.css");
    const third = await text("/b.css");
    await purge("/a.css");
    await earlier.bringBack();
    // Made on what came back: its version is below that of what is stored.
    await purge("/b.css");
    await restore();
    for (const path of ["/a.css", "/b.css"]) {
      const answer = await get(path);
      expect(answer.headers.get("x-cache")).toBe("MISS");
      expect([first, second, third]).not.toContain(await answer.text());
      expect((await get(path)).headers.get("x-cache")).toBe("HIT");
    }
  });

  it("zones are as the database has them: changed back, served again, or gone for readers that remember them", async () => {
    const deleted = await newZone(customer.live, { origin: origin.url });
    const earlier = await rememberDatabase();
    const other = originAt(`https://other-${origins}.example.com`).answers(asset("other"));
    await patch({ origin: other.url });
    expect(await text("/a.css")).toBe("other");
    await remove(deleted.name);
    expect(await statusOf("/a.css", deleted.name)).toBe(404);
    const created = await newZone(customer.live, { origin: origin.url });
    expect(await statusOf("/a.css", created.name)).toBe(200);
    await earlier.bringBack();

    const changes = changesOf(await restore(), "zones");
    const mine = changes.filter(({ name }) => [zone.name, deleted.name, created.name].includes(name));
    expect(mine).toEqual([
      ...[
        { name: zone.name, became: "changed", fields: ["origin"] },
        { name: deleted.name, became: "back", fields: [] },
      ].sort((a, b) => (a.name < b.name ? -1 : 1)),
      { name: created.name, became: "gone", fields: [] },
    ]);
    expect(await text("/a.css")).toMatch(/^\/a\.css/);
    expect(await statusOf("/a.css", deleted.name)).toBe(200);
    expect(await statusOf("/a.css", created.name)).toBe(404);
    pass(120);
    expect(await statusOf("/a.css", created.name)).toBe(404);
    // Its name is free, and whoever takes it is served at once.
    const anew = await newZone(customer.live, { origin: origin.url, name: created.name });
    expect(await statusOf("/a.css", anew.name)).toBe(200);
  });

  it("records and namespaces are as the database has them", async () => {
    const [kept, hidden, unheardOf] = [newNamespaceName(), newNamespaceName(), newNamespaceName()];
    const key = customer.resolvedb;
    const changed = await newRecord(key, `changed.${kept}.v1`, { data: btoa("one") });
    const deleted = await newRecord(key, `deleted.${kept}.v1`, { data: btoa("two") });
    await newRecord(key, `shown.${hidden}.v1`, { data: btoa("three") });
    const earlier = await rememberDatabase();
    await rest(`/records/${changed.id}`, { method: "PATCH", key, body: { record: { data: btoa("four") } } });
    await rest(`/records/${deleted.id}`, { method: "DELETE", key });
    await newRecord(key, `new.${unheardOf}.v1`, { data: btoa("five") });
    const body = { namespace: { visibility: "private" } };
    expect((await rest(`/namespaces/${hidden}`, { method: "PATCH", key, body })).status).toBe(200);
    expect(await dataOf(`changed.${kept}.v1`)).toBe("four");
    expect(await dataOf(`deleted.${kept}.v1`)).toBeNull();
    expect(await dataOf(`shown.${hidden}.v1`)).toBeNull();
    expect(await dataOf(`new.${unheardOf}.v1`)).toBe("five");
    await earlier.bringBack();

    const pages = await restore();
    expect(changesOf(pages, "records")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: `changed.${kept}.v1`, became: "changed" }),
        expect.objectContaining({ name: `deleted.${kept}.v1`, became: "back" }),
        expect.objectContaining({ name: `new.${unheardOf}.v1`, became: "gone" }),
      ]),
    );
    expect(changesOf(pages, "namespaces")).toEqual(
      expect.arrayContaining([
        { name: hidden, became: "changed", fields: ["visibility"] },
        { name: unheardOf, became: "gone", fields: [] },
      ]),
    );
    expect(await dataOf(`changed.${kept}.v1`)).toBe("one");
    expect(await dataOf(`deleted.${kept}.v1`)).toBe("two");
    expect(await dataOf(`shown.${hidden}.v1`)).toBe("three");
    expect(await dataOf(`new.${unheardOf}.v1`)).toBeNull();
    await newRecord(key, `new.${unheardOf}.v1`, { data: btoa("six") });
    expect(await dataOf(`new.${unheardOf}.v1`)).toBe("six");
  });

  it("accounts are as the database has them, and their usage is as it was counted", async () => {
    const later = await newCustomer();
    const earlier = await rememberDatabase();
    await suspend(customer.account);
    await suspend(later.account);
    await resume(later.account);
    expect(await statusOf("/a.css")).toBe(403);
    await earlier.bringBack();
    const changes = changesOf(await restore(), "accounts");
    expect(changes).toContainEqual({ name: customer.account, became: "changed", fields: ["state"] });
    expect(changes.map(({ name }) => name)).not.toContain(later.account);
    expect(await statusOf("/a.css")).toBe(200);
    const audit = await call("/v1/audit?action=service.restore", { key: customer.live });
    expect(await audit.json()).toMatchObject({ changes: [{ actor: "operator", target: customer.account }] });
  });

  it("takedowns that the database does not know are lifted, which is said", async () => {
    const earlier = await rememberDatabase();
    await operated("/takedowns", { url: `https://${zone.name}.rescdn.io/a.css`, reference: "DSA-1" });
    expect(await statusOf("/a.css")).toBe(451);
    await earlier.bringBack();
    expect(changesOf(await restore(), "zones")).toContainEqual({
      name: zone.name,
      became: "changed",
      fields: ["takedowns"],
    });
    expect(await statusOf("/a.css")).toBe(200);
  });
});

describe("a restore", { timeout: 30_000 }, () => {
  let earlier: EarlierDatabase;
  beforeEach(async () => {
    earlier = await rememberDatabase();
  });

  it("goes on from the cursor where it was broken off, and may be repeated from the beginning", async () => {
    const created = await newZone(customer.live, { origin: origin.url });
    await earlier.bringBack();
    const put = vi.spyOn(Object.getPrototypeOf(env.ZONES) as KVNamespace, "put");
    let cursor: string | null = null;
    do {
      cursor = (await operated<Page>("/restore", { cursor })).cursor;
    } while (!cursor?.includes('"kind":1'));
    put.mockRejectedValue(new Error("KV is away"));
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const refused = await operate("/restore", { cursor });
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([503, "not_published"]);
    put.mockRestore();
    pass(10);
    expect(changesOf(await restore(cursor), "zones")).toContainEqual({
      name: created.name,
      became: "gone",
      fields: [],
    });
    const again = await restore();
    expect(again.flatMap(({ changes }) => changes)).toEqual([]);
    expect(again.reduce((sum, { published }) => sum + published, 0)).toBeGreaterThan(0);
    expect(await statusOf("/a.css")).toBe(200);
  });

  it("raises versions over what was published, even where the clock was set back since", async () => {
    await restore();
    const { version } = (await env.ZONES.get<{ version: number }>(`zone:${zone.name}`, "json"))!;
    expect(version).toBeGreaterThan(1e12);
    await purge("/x.css");
    await earlier.bringBack();
    pass(-86_400);
    await restore();
    const restored = (await env.ZONES.get<{ version: number }>(`zone:${zone.name}`, "json"))!;
    expect(restored.version).toBeGreaterThan(version + 1);
    const name = newName();
    await newZone(customer.live, { origin: origin.url, name });
    expect((await env.ZONES.get<{ version: number }>(`zone:${name}`, "json"))!.version).toBeGreaterThan(1e12);
  });

  it("refuses cursors that are none, or of a restore that the database has not heard of", async () => {
    for (const cursor of ["", "{}", '{"kind":9,"pass":"table","after":""}'])
      expect((await operate("/restore", { cursor })).status).toBe(422);
    await env.DB.prepare("DELETE FROM version_floor").run();
    const refused = await operate("/restore", { cursor: '{"kind":0,"pass":"database","after":""}' });
    expect([refused.status, (await refused.json<{ error: string }>()).error]).toEqual([
      409,
      "the database does not know of this restore: start again, without a cursor",
    ]);
  });

  it("waits for the migrations of a database that came back without them", async () => {
    await env.DB.prepare("UPDATE d1_migrations SET name = '0000' WHERE name = ?1").bind(NEWEST_MIGRATION).run();
    const refused = await operate("/restore", {});
    expect([refused.status, (await refused.json<{ error: string }>()).error]).toEqual([
      409,
      `the restore cannot begin: the database needs the migrations up to ${NEWEST_MIGRATION}`,
    ]);
    await env.DB.prepare("UPDATE d1_migrations SET name = ?1 WHERE name = '0000'").bind(NEWEST_MIGRATION).run();
  });
});
