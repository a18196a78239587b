import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { type ShieldExports, shieldTier } from "../../src/shield.ts";
import { textHash } from "../../src/text-hash.ts";
import type { PurgeLog, PurgeMark } from "../../src/zones/purge/purge-log.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import { asset, type Line, originAt, pass, playEdge } from "../support/edge.ts";
import { locationOf, playNetwork, shieldOf } from "../support/locations.ts";
import { WorkersCache } from "../support/workers-cache.ts";

playEdge();

const fresh = { "cache-control": "max-age=600", etag: '"1"' };
const text = async (coming: Promise<Response>) => (await coming).text();
const statusOf = (answer: Response) => answer.headers.get("cache-status");

/** An origin that validates, and counts how often it sent the whole. */
function validating(body: string, etag: string, headers: Record<string, string> = {}) {
  const sent = { whole: 0 };
  const line: Line = ({ headers: asked }) => {
    if (asked.get("if-none-match") === etag) return new Response(null, { status: 304, headers: { etag, ...headers } });
    sent.whole++;
    return new Response(body, { headers: { etag, "cache-control": "max-age=60", ...headers } });
  };
  return { line, sent };
}

describe("locations behind the upper tier", () => {
  it("ask the origin once between them, one after the other and all at once", async () => {
    const { ask, origin } = await playNetwork(12);
    origin.answers(asset("hello", fresh));
    for (let at = 0; at < 12; at++) expect(await text(ask(at, "/a.css"))).toBe("hello");
    expect(origin.hits).toBe(1);
    origin.answers(async () => {
      await scheduler.wait(20);
      return new Response("later", { headers: fresh });
    });
    const all = await Promise.all(Array.from({ length: 24 }, (_, n) => text(ask(n % 12, "/b.css"))));
    expect(new Set(all)).toEqual(new Set(["later"]));
    expect(origin.hits).toBe(2);
  });

  it("ask it once also where it takes longer than clocks may differ", async () => {
    const { ask, origin } = await playNetwork(12);
    origin.answers(async () => {
      await scheduler.wait(20);
      pass(12);
      return new Response("slow", { headers: fresh });
    });
    const all = await Promise.all(Array.from({ length: 12 }, (_, at) => text(ask(at, "/a.css"))));
    expect(new Set(all)).toEqual(new Set(["slow"]));
    expect(origin.hits).toBe(1);
  });

  it("tell the age of what the tier held, keep it no longer than it is fresh, and name both caches", async () => {
    const { ask, origin } = await playNetwork(3);
    origin.answers(asset("hello", { ...fresh, age: "50" }));
    const first = await ask(0, "/a.css");
    expect([statusOf(first), first.headers.get("age")]).toEqual([
      "ResCDN-shield; fwd=miss; fwd-status=200; stored, ResCDN; fwd=uri-miss; fwd-status=200; ttl=550; stored",
      "50",
    ]);
    await first.text();
    pass(100);
    const second = await ask(1, "/a.css");
    expect([statusOf(second), second.headers.get("age"), second.headers.get("x-cache")]).toEqual([
      "ResCDN-shield; hit, ResCDN; fwd=uri-miss; fwd-status=200; ttl=450; stored",
      "150",
      "MISS",
    ]);
    await second.text();
    await vi.waitFor(
      async () => {
        const again = await ask(1, "/a.css");
        expect([statusOf(again), again.headers.get("age"), await again.text()]).toEqual([
          "ResCDN; hit; ttl=450",
          "150",
          "hello",
        ]);
      },
      { timeout: 10_000 },
    );
    pass(449);
    expect(await text(ask(2, "/a.css"))).toBe("hello");
    expect(origin.hits).toBe(1);
    pass(1);
    origin.answers(asset("new", fresh));
    expect(await text(ask(1, "/a.css"))).toBe("new");
    expect(await text(ask(2, "/a.css"))).toBe("new");
    expect(origin.hits).toBe(2);
  });

  it.each<[what: string, settings: Partial<ZoneSettings>, headers: Record<string, string>, hits: number]>([
    [
      "a listed header tells objects apart",
      { forward: { headers: ["accept-language"], cookies: false, authorization: false } },
      { vary: "accept-language" },
      2,
    ],
    ["a header that the origin does not see tells nothing apart", {}, { vary: "accept-language, cookie" }, 1],
  ])("%s, whichever location is asked", async (_what, settings, headers, hits) => {
    const { ask, origin } = await playNetwork(4, settings);
    origin.answers(
      (request) =>
        new Response(request.headers.get("accept-language") ?? "none", { headers: { ...fresh, ...headers } }),
    );
    const bodies = [];
    for (const [at, language] of ["de", "fr", "de", "fr"].entries()) {
      bodies.push(await text(ask(at, "/a.css", { headers: { "accept-language": language, cookie: `id=${at}` } })));
    }
    expect(bodies).toEqual(hits === 2 ? ["de", "fr", "de", "fr"] : ["none", "none", "none", "none"]);
    expect(origin.hits).toBe(hits);
  });

  it("get bodies of every size and coding whole, and answers of every status", async () => {
    const { ask, origin } = await playNetwork(2);
    const gzip = async (body: string) =>
      new Response(new Response(body).body!.pipeThrough(new CompressionStream("gzip"))).bytes();
    const packed = await gzip("x".repeat(50_000));
    const endless = () =>
      new ReadableStream({
        start(controller) {
          for (let n = 0; n < 30; n++) controller.enqueue(new TextEncoder().encode("y".repeat(65_536)));
          controller.close();
        },
      });
    const lines: Record<string, [line: Line, status: number, body: string, asked: number]> = {
      "/a.js": [asset("", fresh), 200, "", 1],
      "/b.js": [asset("x".repeat(3_000_000), { ...fresh, "content-length": "3000000" }), 200, "x".repeat(3_000_000), 1],
      "/c.js": [asset(packed, { ...fresh, "content-encoding": "gzip" }), 200, "x".repeat(50_000), 1],
      "/d.js": [() => new Response(new Blob(["streamed"]).stream(), { headers: fresh }), 200, "streamed", 1],
      "/e.js": [asset("gone", { "cache-control": "max-age=9" }, 404), 404, "gone", 1],
      "/f.js": [asset(null, { ...fresh, location: "/a.js" }, 301), 301, "", 1],
      "/g.js": [asset(null, fresh, 204), 204, "", 1],
      // What has no length beyond the buffer is not kept above: a broken one might be.
      "/h.js": [() => new Response(endless(), { headers: fresh }), 200, "y".repeat(30 * 65_536), 2],
    };
    for (const [path, [line, status, body, asked]] of Object.entries(lines)) {
      const before = origin.hits;
      origin.answers(line);
      for (const at of [0, 1]) {
        const answer = await ask(at, path, { headers: { "accept-encoding": "identity" }, redirect: "manual" });
        expect([path, answer.status]).toEqual([path, status]);
        expect((await answer.text()) === body, `${path} from location ${at}`).toBe(true);
      }
      expect([path, origin.hits - before]).toEqual([path, asked]);
    }
  });
});

const NONE: PurgeMark = [0, 0, 0];
const HARD: PurgeMark = [2, 0, 0];
const softly = (): PurgeMark => [0, 2, Date.now()];

describe("a purge that an edge knows", () => {
  it.each<[what: string, purges: () => Partial<PurgeLog>]>([
    ["everything", () => ({ everything: HARD })],
    ["everything, softly", () => ({ everything: softly() })],
    ["a path", () => ({ paths: { [textHash("/a.css")]: HARD } })],
    ["a URL", () => ({ urls: { [textHash("/a.css?v=1")]: HARD } })],
    ["a prefix", () => ({ prefixes: { "/a": HARD } })],
    ["a prefix, softly", () => ({ prefixes: { "/a": softly() } })],
    ["a tag", () => ({ tags: { [textHash("red")]: HARD } })],
    ["a tag, softly", () => ({ tags: { [textHash("red")]: softly() } })],
  ])("beats what the tier holds: of %s", async (_what, purges) => {
    const { ask, origin, zone, publish } = await playNetwork(4);
    const tagged = { "cache-control": "max-age=6000", "cache-tag": "red, blue" };
    origin.answers(asset("old", tagged));
    for (const at of [0, 1]) expect(await text(ask(at, "/a.css?v=1"))).toBe("old");
    await publish({ purges: { ...zone.purges, everything: NONE, ...purges() } });
    origin.answers(asset("new", tagged));
    // Those that have something of it, and those that never had.
    for (const at of [2, 0, 3, 1, 2]) expect([at, await text(ask(at, "/a.css?v=1"))]).toEqual([at, "new"]);
    expect(origin.hits).toBe(2);
  });

  it("beats a change of settings in the same way, and one of the origin", async () => {
    const { ask, origin, zone, publish } = await playNetwork(4);
    origin.answers(asset("old", { "cache-control": "max-age=6000" }));
    expect(await text(ask(0, "/a.css"))).toBe("old");
    const other = originAt("https://moved.example");
    other.answers(asset("moved", { "cache-control": "max-age=6000" }));
    await publish({ origin: other.url });
    for (const at of [1, 2]) expect(await text(ask(at, "/a.css"))).toBe("moved");
    expect(other.hits).toBe(1);
    await publish({ settings: { ...zone.settings, origin_headers: { "x-a": "1" } } });
    other.answers((request) => new Response(request.headers.get("x-a"), { headers: fresh }));
    expect(await text(ask(3, "/a.css"))).toBe("1");
    // What only shapes answers leaves the tier's objects where they are.
    await publish({ settings: { ...zone.settings, noindex: true } });
    expect(await text(ask(1, "/b.css"))).toBe("1");
    await publish({ settings: { ...zone.settings, noindex: false } });
    expect(await text(ask(2, "/b.css"))).toBe("1");
    expect(other.hits).toBe(3);
  });

  it("is asked of the origin itself where the tier knows of no such version yet", async () => {
    const { origin, zone, cache } = await playNetwork(0);
    origin.answers(asset("one", { "cache-control": "max-age=6000" }));
    const ahead = locationOf(shieldOf(cache, "ahead"), (document) => ({ ...document, version: 7 }));
    const answer = await ahead.get(zone, "/a.css");
    expect(statusOf(answer)).toBe(
      "ResCDN-shield; fwd=bypass; detail=tier-behind, ResCDN; fwd=uri-miss; fwd-status=200; ttl=6000; stored",
    );
    expect([await answer.text(), origin.hits]).toEqual(["one", 1]);
  });
});

describe("what is stale at the locations", () => {
  it("is validated once between them, and they get the new one once where it has changed", async () => {
    const { ask, origin } = await playNetwork(4);
    const one = validating("one", '"1"');
    origin.answers(one.line);
    for (let at = 0; at < 4; at++) await text(ask(at, "/a.css"));
    pass(61);
    const caches = [];
    for (let at = 0; at < 4; at++) {
      const answer = await ask(at, "/a.css");
      caches.push(answer.headers.get("x-cache"));
      expect(await answer.text()).toBe("one");
    }
    expect(caches).toEqual(Array(4).fill("REVALIDATED"));
    expect([origin.hits, one.sent.whole]).toEqual([2, 1]);
    pass(61);
    const two = validating("two", '"2"');
    origin.answers(two.line);
    for (let at = 0; at < 4; at++) expect(await text(ask(at, "/a.css"))).toBe("two");
    expect([origin.hits, two.sent.whole]).toEqual([3, 1]);
  });

  it("is not fresh for longer than what was stored says, where a 304 says nothing", async () => {
    const { ask, origin } = await playNetwork(2);
    origin.answers(validating("one", '"1"', { "x-a": "1" }).line);
    for (const at of [0, 1]) await text(ask(at, "/a.css"));
    pass(61);
    await text(ask(0, "/a.css"));
    pass(61);
    await text(ask(1, "/a.css"));
    expect(origin.hits).toBe(3);
  });

  it("is served while the origin fails, which is asked once in two seconds for all of them", async () => {
    const { ask, origin } = await playNetwork(5);
    origin.answers(asset("one", { "cache-control": "max-age=60", etag: '"1"' }));
    for (let at = 0; at < 4; at++) await text(ask(at, "/a.css"));
    pass(61);
    origin.answers(() => {
      throw new Error("down");
    });
    const answers = await Promise.all([0, 1, 2, 3].map((at) => ask(at, "/a.css")));
    expect(answers.map(({ headers }) => headers.get("x-cache"))).toEqual(Array(4).fill("STALE"));
    // A request that fails is made once more, since a connection may have been kept for too long.
    expect(origin.hits).toBe(3);
    expect((await ask(4, "/a.css")).status).toBe(502);
    pass(3);
    origin.answers(asset("two", fresh));
    expect(await text(ask(0, "/a.css"))).toBe("two");
  });

  it("is served while the origin answers with errors, which nobody shares who has nothing better", async () => {
    const { ask, origin } = await playNetwork(5);
    origin.answers(asset("one", { "cache-control": "max-age=60", etag: '"1"' }));
    for (let at = 0; at < 3; at++) await text(ask(at, "/a.css"));
    pass(61);
    origin.answers(asset("error", {}, 503));
    for (let at = 0; at < 3; at++) expect((await ask(at, "/a.css")).headers.get("x-cache")).toBe("STALE");
    expect(origin.hits).toBe(2);
    for (const at of [3, 4]) expect((await ask(at, "/a.css")).status).toBe(503);
    expect(origin.hits).toBe(4);
  });

  it("is served while it is brought up to date through the tier", async () => {
    const { ask, origin } = await playNetwork(3, { stale_while_revalidate: 100 });
    origin.answers(asset("one", { "cache-control": "max-age=60" }));
    for (let at = 0; at < 3; at++) await text(ask(at, "/a.css"));
    pass(61);
    origin.answers(asset("two", { "cache-control": "max-age=600" }));
    for (let at = 0; at < 3; at++) expect((await ask(at, "/a.css")).headers.get("x-cache")).toBe("STALE");
    for (let at = 0; at < 3; at++)
      await vi.waitFor(async () => expect(await text(ask(at, "/a.css"))).toBe("two"), { timeout: 10_000 });
    expect(origin.hits).toBe(2);
  });

  it("is validated at the origin itself where each request has to", async () => {
    const { ask, origin, cache } = await playNetwork(2);
    const { line } = validating("one", '"1"', { "cache-control": "no-cache" });
    origin.answers(line);
    for (const at of [0, 1, 0, 1]) expect(await text(ask(at, "/a.html"))).toBe("one");
    expect(origin.hits).toBe(4);
    // Only what was not there was asked for through it.
    expect(cache.counts.calls).toBeLessThanOrEqual(2);
  });
});

describe("never through the tier go", () => {
  it.each<[what: string, settings: Partial<ZoneSettings>, init: RequestInit]>([
    ["zones that do not want it", { shield: false }, {}],
    ["zones that forward cookies", { forward: { headers: [], cookies: true, authorization: false } }, {}],
    ["zones that forward authorization", { forward: { headers: [], cookies: false, authorization: true } }, {}],
    [
      "zones that forward the client's address",
      { forward: { headers: [], cookies: false, authorization: false, client_ip: true } },
      {},
    ],
    ["zones that forward all headers", { forward: { headers: "all", cookies: false, authorization: false } }, {}],
    ["zones that take unsafe methods", { methods: "all" }, {}],
    ["HEADs", {}, { method: "HEAD" }],
    ["ranges", {}, { headers: { range: "bytes=2-3" } }],
    ["requests that nobody may store", {}, { headers: { "cache-control": "no-store" } }],
    ["what a rule passes by the cache", { rules: [{ do: { cache: "bypass" } }] }, {}],
  ])("%s", async (_what, settings, init) => {
    const { ask, origin, cache } = await playNetwork(1, settings);
    origin.answers(asset("hello", fresh));
    await text(ask(0, "/a.css", init));
    expect([origin.hits, cache.counts.calls]).toEqual([1, 0]);
  });

  it("for a minute, what could not be shared", async () => {
    const { ask, origin, cache } = await playNetwork(1);
    origin.answers(asset("mine", { "cache-control": "private" }));
    for (let n = 0; n < 3; n++) expect(await text(ask(0, "/a.html"))).toBe("mine");
    expect([origin.hits, cache.counts.calls]).toEqual([3, 1]);
    pass(61);
    await text(ask(0, "/a.html"));
    expect(cache.counts.calls).toBe(2);
  });
});

describe("a tier that fails", () => {
  it.each<[how: string, fail: () => Promise<Response>]>([
    ["throws", () => Promise.reject(new Error("no tier"))],
    ["answers without an envelope", () => Promise.resolve(new Response("hello"))],
    ["answers with an error", () => Promise.resolve(new Response("error code: 1102", { status: 503 }))],
  ])("costs one direct request and one line of the log a minute: it %s", async (_how, fail) => {
    const { origin, zone } = await playNetwork(0);
    origin.answers(asset("hello", fresh));
    const location = locationOf({ ask: fail });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const logged = () => warned.mock.calls.filter(([line]) => String(line).includes("tier_failed"));
    for (const path of ["/a.css", "/b.css"]) {
      const answer = await location.get(zone, path);
      expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
      expect(statusOf(answer)).toContain("ResCDN-shield; fwd=bypass; detail=tier-failed, ResCDN; fwd=uri-miss");
    }
    expect([origin.hits, logged().length]).toEqual([2, 1]);
    pass(61);
    await text(location.get(zone, "/c.css"));
    expect(logged()).toHaveLength(2);
  });

  it("is not waited for longer than the origin would be, and some", async () => {
    const { origin, zone } = await playNetwork(0, { timeouts: { first_byte_ms: 100, idle_ms: 1_000 } });
    origin.answers(asset("hello", fresh));
    const location = locationOf({
      ask: (_key, _question, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    expect(await text(location.get(zone, "/a.css"))).toBe("hello");
    expect(origin.hits).toBe(1);
  });

  it("costs the body that broke on its way, which nobody keeps, and the next one comes from the origin itself", async () => {
    const { ask, origin, cache } = await playNetwork(2);
    origin.answers(() => {
      const { readable, writable } = new FixedLengthStream(10);
      const writer = writable.getWriter();
      void writer.write(new TextEncoder().encode("abc")).then(() => writer.abort(new Error("cut")));
      return new Response(readable, { headers: fresh });
    });
    await expect(text(ask(0, "/a.css"))).rejects.toThrow();
    origin.answers(asset("0123456789", fresh));
    await vi.waitFor(async () => expect(await text(ask(0, "/a.css"))).toBe("0123456789"), { timeout: 10_000 });
    expect(await text(ask(1, "/a.css"))).toBe("0123456789");
    expect(cache.counts.calls).toBe(2);
  });
});

describe("Shield as the Worker calls it", () => {
  const shield = shieldTier(exports as unknown as ShieldExports);

  it("answers a location, of the zone in its props alone", async () => {
    const { origin, zone } = await playNetwork(0);
    origin.answers(asset("hello", fresh));
    const answer = await locationOf(shield).get(zone, "/a.css");
    expect([await answer.text(), statusOf(answer)]).toEqual([
      "hello",
      expect.stringContaining("ResCDN-shield; fwd=miss"),
    ]);
    const elsewhere = {
      ask: (...[key, question, signal]: Parameters<typeof shield.ask>) => {
        const named = { ...question, zone: { ...question.zone, id: "zone_other" } };
        return shield.ask(key, named, signal);
      },
    };
    const refused = await locationOf(elsewhere).get(zone, "/b.css");
    expect([await refused.text(), statusOf(refused)]).toEqual(["hello", expect.stringContaining("detail=tier-behind")]);
  });
});

describe("rules", () => {
  it("that change what is stored go with the question, and the tier holds each set of them apart", async () => {
    const other = originAt("https://other.example");
    other.answers(asset("other", fresh));
    const { ask, origin } = await playNetwork(3, {
      rules: [
        { do: { response_headers: { "x-rule": "first" } } },
        { when: { header: { "x-beta": true } }, do: { origin: other.url } },
      ],
    });
    origin.answers(asset("plain", fresh));
    for (let at = 0; at < 3; at++) {
      expect(await text(ask(at, "/a.css"))).toBe("plain");
      expect(await text(ask(at, "/a.css", { headers: { "x-beta": "1" } }))).toBe("other");
    }
    expect([origin.hits, other.hits]).toEqual([1, 1]);
  });
});

describe("what the tier's cache holds", () => {
  it("is an opaque 200 without cookies, validators and secrets, and names nothing of the zone's settings", async () => {
    const { origin, zone } = await playNetwork(0, { origin_headers: { "x-secret": "s3cr3t" } });
    origin.answers(asset("hello", { ...fresh, "set-cookie": "id=1", vary: "x-a" }));
    const seen: [Headers, string][] = [];
    const asked: string[] = [];
    const shield = shieldOf(new WorkersCache(), "here");
    const location = locationOf({
      async ask(key, question, signal) {
        asked.push(key + JSON.stringify(question));
        const response = await shield.ask(key, question, signal);
        seen.push([response.headers, String(response.status)]);
        return response;
      },
    });
    expect(await text(location.get(zone, "/a.css"))).toBe("hello");
    const [[headers, status]] = seen as [[Headers, string]];
    expect(status).toBe("200");
    expect([...headers.keys()].sort()).toEqual(["cloudflare-cdn-cache-control", "content-type", "rescdn-envelope"]);
    expect(headers.get("cloudflare-cdn-cache-control")).toBe("max-age=600, must-revalidate");
    expect(`${headers.get("rescdn-envelope")}${asked}`).not.toMatch(/s3cr3t|set-cookie/);
  });
});
