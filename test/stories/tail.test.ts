import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { eventBytes, eventText } from "../../src/request-log/tail/event-text.ts";
import { MOST_A_SECOND } from "../../src/request-log/tail/tail-protocol.ts";
import { Browser, DASHBOARD, loadSignIn } from "../support/browser.ts";
import { type Customer, call, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, type Origin, originAt } from "../support/edge.ts";
import { newKey } from "../support/keys.ts";
import { TailReader } from "../support/tail.ts";
import { playReceivers } from "../support/webhooks.ts";

loadSignIn();
playReceivers();

let customer: Customer;
let origin: Origin;
let zone: ShownZone;
let origins = 0;
beforeEach(async () => {
  // What is told leaves at once; waiting for another delivery takes a turn.
  vi.spyOn(scheduler, "wait").mockImplementation(async () => void (await env.ZONES.get("nothing")));
  customer = await newCustomer();
  origin = originAt(`https://tail-${++origins}.example.com`).answers(
    asset("0123456789", { "cache-control": "max-age=600", "content-type": "text/css" }),
  );
  zone = await newZone(customer.live, { origin: origin.url });
});

const ask = (path = "/a.css", headers: Record<string, string> = {}) =>
  exports.default.fetch(`http://${zone.name}.rescdn.localhost${path}`, { headers }).then((answer) => answer.text());

async function listen(query = "", key = customer.live): Promise<TailReader> {
  const answer = await call(`/v1/zones/${zone.id}/tail${query}`, { key });
  expect(answer.status).toBe(200);
  return new TailReader(answer);
}

/** Asks for a path until the tail tells of it: the isolate has to learn that somebody listens. */
async function untilTold(reader: TailReader, path = "/first.css"): Promise<void> {
  await vi.waitFor(
    async () => {
      await ask(path);
      expect(reader.paths).toContain(path);
    },
    { timeout: 10_000, interval: 20 },
  );
}

describe("a tail", () => {
  it("tells of what is asked from within moments of its beginning on, hits, misses, errors and refusals", async () => {
    const reader = await listen();
    await untilTold(reader);
    reader.events.length = 0;
    await ask("/b.css?x=1&token=planted", { cookie: "planted=1", referer: "https://www.example.com/planted" });
    await ask("/b.css?x=1&token=planted");
    origin.answers(asset("gone", {}, 404));
    await ask("/c.css");
    await exports.default.fetch(`http://${zone.name}.rescdn.localhost/d.css`, { method: "DELETE" });
    const others = () => reader.requests.filter(({ path }) => path !== "/first.css");
    await vi.waitFor(() => expect(others()).toHaveLength(4), { timeout: 10_000 });
    expect(
      others().map(({ method, path, query, status, bytes, cache, detail }) => [
        method,
        `${path}${query}`,
        status,
        bytes,
        cache,
        detail,
      ]),
    ).toEqual([
      ["GET", "/b.css?x=1", 200, 10, "MISS", "uri-miss"],
      ["GET", "/b.css?x=1", 200, 10, "HIT", null],
      ["GET", "/c.css", 404, 4, "MISS", "uri-miss"],
      ["DELETE", "/d.css", 405, expect.any(Number), "BYPASS", "method-not-allowed"],
    ]);
    expect(others()[0]).toMatchObject({ zone: zone.name, location: "LOCAL", referer: "www.example.com" });
    expect(new Set(others().map(({ id }) => id)).size).toBe(4);
    expect(JSON.stringify(reader.events)).not.toContain("planted");
    await reader.leave();
  });

  it("leaves out of the query what the zone does", async () => {
    await call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { settings: { query: ["v"] } } });
    const reader = await listen();
    await untilTold(reader);
    await ask("/q.css?v=1&email=planted");
    await vi.waitFor(() => expect(reader.paths).toContain("/q.css"), { timeout: 10_000 });
    expect(reader.requests.at(-1)).toMatchObject({ path: "/q.css", query: "?v=1" });
    await reader.leave();
  });

  it("tells of a large body when it has ended, with all of its bytes", async () => {
    const reader = await listen();
    await untilTold(reader);
    origin.answers(asset("x".repeat(3_000_000), { "cache-control": "no-store" }));
    await ask("/large.bin");
    await vi.waitFor(() => expect(reader.paths).toContain("/large.bin"), { timeout: 10_000 });
    expect(reader.requests.at(-1)).toMatchObject({ bytes: 3_000_000, cache: "BYPASS", detail: "no-store" });
    await reader.leave();
  });

  it("tells each listener of what passes their filter, and nobody of what passes none", async () => {
    const errors = await listen("?status=4xx,500");
    const hits = await listen("?cache=HIT&path=/*.css");
    origin.answers(asset("gone", {}, 404));
    await untilTold(errors, "/missing.css");
    origin.answers(asset("0123456789", { "cache-control": "max-age=600" }));
    for (const path of ["/a.css", "/a.css", "/a.js", "/a.js"]) await ask(path);
    await vi.waitFor(() => expect(hits.paths.at(-1)).toBe("/a.css"), { timeout: 10_000 });
    expect(errors.paths).not.toContain("/a.css");
    expect(hits.requests.every(({ cache, path }) => cache === "HIT" && String(path).endsWith(".css"))).toBe(true);
    await Promise.all([errors.leave(), hits.leave()]);
  });

  it("has five listeners of a zone at most, and a place again when one has gone", async () => {
    const readers = await Promise.all(Array.from({ length: 5 }, () => listen()));
    const refused = await call(`/v1/zones/${zone.id}/tail`, { key: customer.live });
    expect([refused.status, (await refused.json<{ code: string }>()).code]).toEqual([409, "tail_full"]);
    await readers[0]!.leave();
    // That it has gone is seen when it is next shown that it is connected.
    await vi.waitFor(async () => readers.push(await listen()), { timeout: 15_000, interval: 500 });
    await Promise.all(readers.slice(1).map((reader) => reader.leave()));
  });

  it("says how many requests it leaves out above its bound, and takes no more than twice that in a second", async () => {
    const reader = await listen();
    const told = JSON.stringify({ id: "req_1", status: 200, cache: "HIT", path: "/a.css" });
    const bytes = eventBytes(eventText(told).repeat(MOST_A_SECOND));
    const tail = env.ZONE_TAIL.getByName(zone.id);
    const batch = (isolate: string) => ({
      isolate,
      location: "FRA",
      events: [{ to: null, bytes, count: MOST_A_SECOND }],
      matched: 2 * MOST_A_SECOND,
      ms: 1_000,
      omitted: { "": MOST_A_SECOND },
    });
    const pace = await tail.take(batch("a"));
    expect(pace!.fraction).toBeCloseTo(0.5, 1);
    for (const isolate of ["b", "c"]) await tail.take(batch(isolate));
    await vi.waitFor(() => expect(reader.omitted + reader.requests.length).toBe(6 * MOST_A_SECOND), {
      timeout: 10_000,
    });
    expect(reader.requests.length).toBeLessThanOrEqual(2 * MOST_A_SECOND);
    await reader.leave();
  });

  it("ends after the time that was asked for", async () => {
    const reader = await listen("?seconds=1");
    await reader.ended;
    expect(reader.end).toBe("time-over");
  });

  it("that is shorter than the one before it is told of at once as well, after isolates were told that nobody listens", async () => {
    const first = await listen();
    await untilTold(first);
    await first.leave();
    const batch = { isolate: "a", location: "FRA", events: [], matched: 0, ms: 1_000, omitted: {} };
    const tail = env.ZONE_TAIL.getByName(zone.id);
    // That it has gone is seen when it is next shown that it is connected.
    await vi.waitFor(async () => expect(await tail.take(batch)).toBe(null), { timeout: 15_000, interval: 500 });
    await ask("/rests.css");
    const second = await listen("?seconds=60");
    await untilTold(second, "/second.css");
    await second.leave();
  });

  it("ends when the server does", async () => {
    const reader = await listen();
    await env.ZONE_TAIL.getByName(zone.id).endAll("server-stops");
    await reader.ended;
    expect(reader.end).toBe("server-stops");
  });

  it("is announced while somebody listens, changes nothing of what is stored, and costs no version of the zone", async () => {
    await ask();
    const before = await env.ZONES.get(`zone:${zone.name}`);
    const reader = await listen();
    await untilTold(reader);
    const document = await env.ZONES.get<{ tails?: object[] }>(`acct:${customer.account}`, "json");
    expect(document?.tails).toEqual([{ zone: zone.id, until: expect.any(Number), fraction: 1 }]);
    expect(await env.ZONES.get(`zone:${zone.name}`)).toBe(before);
    const hits = origin.hits;
    await ask();
    expect(origin.hits).toBe(hits);
    await reader.leave();
  });

  it("is withdrawn by an alarm where its object was stopped while somebody listened", async () => {
    await listen();
    const tails = async () =>
      (await env.ZONES.get<{ tails?: object[] }>(`acct:${customer.account}`, "json"))?.tails?.length ?? 0;
    await vi.waitFor(async () => expect(await tails()).toBe(1), { timeout: 10_000 });
    const tail = env.ZONE_TAIL.getByName(zone.id);
    await runInDurableObject(tail, (_, state) => state.abort("stopped")).catch(() => undefined);
    vi.setSystemTime(Date.now() + 3_600_000);
    await runDurableObjectAlarm(env.ZONE_TAIL.getByName(zone.id));
    expect(await tails()).toBe(0);
  });

  it("is opened by nobody who asks for its fields alone", async () => {
    const path = `/v1/zones/${zone.id}/tail`;
    for (let n = 0; n < 6; n++) expect((await call(path, { method: "HEAD", key: customer.live })).status).toBe(200);
    await (await listen()).leave();
  });

  it("is for keys with usage:read, of their own zones", async () => {
    const { token } = await newKey(customer.live, { scopes: ["zones:write"] });
    expect((await call(`/v1/zones/${zone.id}/tail`, { key: token })).status).toBe(403);
    const stranger = await newCustomer();
    expect((await call(`/v1/zones/${zone.id}/tail`, { key: stranger.live })).status).toBe(404);
    expect((await call(`/v1/zones/${zone.id}/tail?status=6xx&seconds=0`, { key: customer.live })).status).toBe(422);
  });
});

describe("a tail by WebSocket", () => {
  async function open(headers: Record<string, string>, query = ""): Promise<Response> {
    const url = `${DASHBOARD}/v1/zones/${zone.id}/tail${query}`;
    return exports.default.fetch(url, { headers: { upgrade: "websocket", ...headers } });
  }

  it("is opened by a session with the dashboard's own Origin alone, and tells of requests in messages", async () => {
    const browser = new Browser();
    await browser.signInTo(customer.account);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    for (const origin of [undefined, "https://evil.example", `http://${zone.name}.rescdn.localhost`]) {
      const refused = await open({ cookie, ...(origin !== undefined && { origin }) });
      expect([401, 403], origin).toContain(refused.status);
      await refused.body?.cancel();
    }
    const answer = await open({ cookie, origin: DASHBOARD }, `?account=${customer.account}&mode=live`);
    expect(answer.status).toBe(101);
    const messages: { type: string; requests?: { path: string }[] }[] = [];
    const closed = Promise.withResolvers<number>();
    const socket = answer.webSocket!;
    socket.addEventListener("message", ({ data }) => void messages.push(JSON.parse(String(data))));
    socket.addEventListener("close", ({ code }) => closed.resolve(code));
    socket.accept();
    await vi.waitFor(
      async () => {
        await ask("/by-socket.css");
        expect(messages.flatMap(({ requests = [] }) => requests.map(({ path }) => path))).toContain("/by-socket.css");
      },
      { timeout: 10_000, interval: 20 },
    );
    expect(messages[0]).toMatchObject({ type: "open", zone: zone.name, most_a_second: MOST_A_SECOND });
    await env.ZONE_TAIL.getByName(zone.id).endAll("server-stops");
    expect(await closed.promise).toBe(1000);
    expect(messages.at(-1)).toEqual({ type: "end", reason: "server-stops" });
  });

  it("is sent no more than two megabytes that the listener does not say it has, and goes on once it does", async () => {
    const answer = await call(`/v1/zones/${zone.id}/tail`, { key: customer.live, headers: { upgrade: "websocket" } });
    const socket = answer.webSocket!;
    let asked = 0;
    let requests = 0;
    let omitted = 0;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(String(data)) as { type: string; requests?: object[]; count?: number };
      if (message.type === "still-here") asked++;
      requests += message.requests?.length ?? 0;
      omitted += message.count ?? 0;
    });
    socket.accept();
    const told = JSON.stringify({ id: "req_1", status: 200, cache: "HIT", path: `/${"a".repeat(2_000)}` });
    const count = 50;
    const bytes = eventBytes(eventText(told).repeat(count));
    const batch = { isolate: "a", location: "FRA", matched: count, ms: 1_000, omitted: {} };
    const tell = () => env.ZONE_TAIL.getByName(zone.id).take({ ...batch, events: [{ to: null, bytes, count }] });
    for (let batches = 0; batches < 40; batches++) await tell();
    await vi.waitFor(() => expect(requests * told.length).toBeGreaterThan(2_000_000));
    expect([requests * told.length < 2_300_000, omitted]).toEqual([true, 0]);
    for (; asked > 0; asked--) socket.send("still here");
    await vi.waitFor(async () => {
      await tell();
      expect(omitted).toBeGreaterThan(0);
    });
    socket.close();
  });

  it("of test zones is asked for by the mode in its query", async () => {
    const browser = new Browser();
    await browser.signInTo(customer.account);
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const refused = await open({ cookie, origin: DASHBOARD }, "?mode=test");
    expect(refused.status).toBe(404);
    await refused.body?.cancel();
  });
});
