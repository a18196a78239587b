import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createEntry } from "../../src/entry.ts";
import type { Variables } from "../../src/settings.ts";
import { buildPurgeLog } from "../../src/zones/purge/purge-log.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { asset, type Line, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const BODY = "body{color:red}".repeat(200);
const LAST_MODIFIED = "Sun, 01 Nov 2026 10:00:00 GMT";
const LINE: Line = asset(BODY, { etag: '"1"', "last-modified": LAST_MODIFIED });
const SITE = "https://www.example.com";
const FORWARD: ZoneSettings["forward"] = { headers: [], cookies: false, authorization: false };

/** Where a hot response is found. */
const IN_MEMORY = {};
const IN_THE_STORE = { MEMORY_BYTES: "0", MEMORY_OBJECT_BYTES: "0" };

/** An isolate of its own for a zone; what it answers at once it answers without a promise. */
function isolateOf({ zone }: Play, vars: Partial<Variables> = IN_MEMORY) {
  const { fetch } = createEntry(() => Promise.reject(new Error("no control plane here")));
  const ownEnv = { ...env, ...vars };
  return async (init: RequestInit = {}) => {
    const works: Promise<unknown>[] = [];
    const ctx = Object.assign(createExecutionContext(), { waitUntil: (work: Promise<unknown>) => works.push(work) });
    const answer = fetch(new Request(`http://${zone.name}.rescdn.localhost/a.css`, init), ownEnv, ctx);
    const response = await answer;
    const body = await response.text();
    // What is fetched anew is kept; what is counted is taken away later.
    if (new Map(response.headers).get("x-cache") !== "HIT") await works[0];
    return { isAtOnce: answer instanceof Response, status: response.status, fields: [...response.headers], body };
  };
}

/** One that has what its origin says in its memory. */
async function isolate(line: Line, settings: Partial<ZoneSettings> = {}) {
  const played = await play(settings);
  played.origin.answers(line);
  const shown = isolateOf(played);
  await shown();
  return { ...played, shown };
}

/** One that has no memory, and has not seen yet what another has put into the store. */
async function isolateWithoutMemory(
  line: Line,
  settings: Partial<ZoneSettings> = {},
  change: Partial<ZoneDocument> = {},
) {
  const played = await play(settings, change);
  played.origin.answers(line);
  const other = isolateOf(played, IN_THE_STORE);
  await expect.poll(async () => new Map((await other()).fields).get("x-cache")).toBe("HIT");
  return { ...played, shown: isolateOf(played, IN_THE_STORE) };
}

const match = Cache.prototype.match;

/** Has the Cache API know nothing of the URLs that have this in them. */
function evict(part: string): void {
  vi.spyOn(Cache.prototype, "match").mockImplementation(function (this: Cache, request, options) {
    const url = request instanceof Request ? request.url : String(request);
    return url.includes(part) ? Promise.resolve(undefined) : match.call(this, request, options);
  });
}

const KINDS: [what: string, init: RequestInit, settings?: Partial<ZoneSettings>, line?: Line][] = [
  ["the whole", {}],
  ["a HEAD", { method: "HEAD" }],
  ["the whole in br", { headers: { "accept-encoding": "gzip, br" } }],
  ["the whole in gzip", { headers: { "accept-encoding": "gzip" } }],
  ["a HEAD in br", { method: "HEAD", headers: { "accept-encoding": "br" } }],
  ["a 304 by its tag", { headers: { "if-none-match": '"1"' } }],
  ["a 304 by a list of tags", { headers: { "if-none-match": 'W/"0", W/"1"' } }],
  ["a 304 by the tag of a coding", { headers: { "if-none-match": '"1-br"', "accept-encoding": "br" } }],
  ["a 304 by the tag of another coding", { headers: { "if-none-match": '"1-br"', "accept-encoding": "gzip" } }],
  ["a 304 by the tag of no coding", { headers: { "if-none-match": '"1"', "accept-encoding": "br" } }],
  ["a 304 by the tag of a coding, to who takes none", { headers: { "if-none-match": 'W/"1-gzip"' } }],
  ["a 304 to a HEAD", { method: "HEAD", headers: { "if-none-match": '"1"' } }],
  ["a 304 by its date", { headers: { "if-modified-since": LAST_MODIFIED } }],
  ["a 304 by a later date", { headers: { "if-modified-since": "Sun, 01 Nov 2026 11:00:00 GMT" } }],
  ["the whole, by another tag", { headers: { "if-none-match": '"2"', "if-modified-since": LAST_MODIFIED } }],
  ["the whole, by an earlier date", { headers: { "if-modified-since": "Sun, 01 Nov 2026 09:00:00 GMT" } }],
  ["the whole, by no date", { headers: { "if-modified-since": "yesterday" } }],
  ["a range", { headers: { range: "bytes=10-19" } }],
  ["a range with no end", { headers: { range: "bytes=2990-" } }],
  ["the last bytes", { headers: { range: "bytes=-5", "accept-encoding": "br" } }],
  ["the whole for several ranges", { headers: { range: "bytes=0-1,3-4" } }],
  ["a 304 before a range", { headers: { range: "bytes=10-19", "if-none-match": '"1"' } }],
  ["a page that may read it", { headers: { origin: SITE } }, { cors: [SITE] }],
  ["a page that may not", { headers: { origin: "https://evil.example" } }, { cors: [SITE] }],
  ["a 404", {}, {}, asset("nothing here", {}, 404)],
  [
    "a HEAD of a 404, with a range and a tag",
    { method: "HEAD", headers: { range: "bytes=0-1", "if-none-match": "*" } },
    {},
    asset("no", {}, 404),
  ],
  ["a redirect", {}, {}, asset("", { location: "/b.css", "cache-control": "max-age=60" }, 301)],
];

describe("a hot response is given without a promise, and as it was the first time", () => {
  it.each(KINDS)("%s", async (_, init, settings = {}, line = LINE) => {
    const { shown, origin } = await isolate(line, settings);
    const first = await shown(init);
    expect(first.isAtOnce).toBe(false);
    for (let i = 0; i < 2; i++) expect(await shown(init)).toEqual({ ...first, isAtOnce: true });
    pass(2);
    const aged = new Map([...first.fields, ["age", "2"]] as [string, string][]);
    const later = await shown(init);
    expect(later.isAtOnce).toBe(true);
    expect(new Map(later.fields).get("age")).toBe(aged.get("age"));
    expect(later.fields.map(([name]) => name)).toEqual(first.fields.map(([name]) => name));
    expect(origin.hits).toBe(1);
  });

  it("whatever was asked for before: one kind of answer never shows in another", async () => {
    const { shown } = await isolate(LINE, { cors: [SITE] });
    const inits = KINDS.filter(([, , , line]) => line === undefined).map(([, init]) => init);
    const first = [];
    for (const init of inits) first.push((await shown(init)).fields);
    for (const [i, init] of [...inits.entries()].reverse()) expect((await shown(init)).fields).toEqual(first[i]);
  });
});

describe("a range of a hot response", () => {
  it("is the one that is asked for, whichever was asked for before, and as old as the response", async () => {
    const { shown } = await isolate(LINE);
    await shown({ headers: { range: "bytes=0-1" } });
    const ranges = [
      "bytes=0-9",
      "bytes=0-9",
      "bytes=10-14",
      "bytes=0-9",
      "bytes=-5",
      `bytes=${"0".repeat(80)}4-6`,
      "bytes=0-9",
    ];
    for (const range of ranges) {
      const [, first = "", last = ""] = /=(\d*)-(\d*)/.exec(range) ?? [];
      const from = first === "" ? BODY.length - 5 : Number(first);
      const body = BODY.slice(from, first === "" ? undefined : Number(last) + 1);
      const { fields, ...part } = await shown({ headers: { range } });
      expect(part).toEqual({ isAtOnce: true, status: 206, body });
      expect(new Map(fields).get("content-length")).toBe(String(body.length));
      expect(new Map(fields).get("content-range")).toBe(`bytes ${from}-${from + body.length - 1}/${BODY.length}`);
    }
    pass(3);
    expect(new Map((await shown({ headers: { range: "bytes=0-9" } })).fields).get("age")).toBe("3");
  });
});

describe("a zone whose answers all pages below a domain may read", () => {
  const BELOW = { cors: ["https://*.example.com"] };
  const from = (origin: string, more: Record<string, string> = {}) => ({ headers: { origin, ...more } });
  const named = ({ fields }: { fields: [string, string][] }) =>
    ["access-control-allow-origin", "timing-allow-origin"].map((name) => new Map(fields).get(name));

  it("gives each page its own name without a promise, whichever asked before, and as it would the first time", async () => {
    const { shown, origin } = await isolate(LINE, BELOW);
    const pages = ["https://a.example.com", "https://b.example.com", "https://a.b.example.com"];
    await shown(from(pages[0]!));
    for (const more of [{}, { "if-none-match": '"1"' }, { "accept-encoding": "gzip" }, { range: "bytes=0-3" }]) {
      await shown(from(pages[0]!, more));
      for (const page of [...pages, ...pages]) {
        const answer = await shown(from(page, more));
        expect(answer.isAtOnce).toBe(true);
        expect(named(answer)).toEqual([page, page]);
      }
    }
    const { shown: anew } = await isolate(LINE, BELOW);
    expect((await shown(from(pages[1]!))).fields).toEqual((await anew(from(pages[1]!))).fields);
    expect(origin.hits).toBe(1);
  });

  it("names no other page, nor one to who names none", async () => {
    const { shown } = await isolate(LINE, BELOW);
    await shown(from("https://a.example.com"));
    for (let i = 0; i < 2; i++) {
      expect(named(await shown(from("https://example.com")))).toEqual([undefined, undefined]);
      expect(named(await shown({}))).toEqual([undefined, undefined]);
    }
  });

  it("leaves what response_headers says", async () => {
    const own = { ...BELOW, response_headers: { "access-control-allow-origin": "https://fixed.example" } };
    const { shown } = await isolate(LINE, own);
    for (const page of ["a", "a", "b", "a"]) {
      const site = `https://${page}.example.com`;
      expect(named(await shown(from(site)))).toEqual(["https://fixed.example", site]);
    }
  });
});

describe("a response in the store is given again as it was the first time", () => {
  it.each(KINDS)("%s", async (_, init, settings = {}, line = LINE) => {
    const { shown, origin } = await isolateWithoutMemory(line, settings);
    const first = await shown(init);
    for (let i = 0; i < 3; i++) expect(await shown(init)).toEqual(first);
    pass(2);
    const later = await shown(init);
    const aged = new Map<string, string>(first.fields)
      .set("age", "2")
      .set("cache-status", expect.stringContaining("hit"));
    expect({ ...later, fields: new Map(later.fields) }).toEqual({ ...first, fields: aged });
    expect(origin.hits).toBe(1);
  });

  it("whatever was asked for before: one kind of answer never shows in another", async () => {
    const { shown } = await isolateWithoutMemory(LINE, { cors: [SITE] });
    const inits = KINDS.filter(([, , , line]) => line === undefined).map(([, init]) => init);
    const first = [];
    for (const init of inits) first.push(await shown(init));
    for (let round = 0; round < 2; round++) {
      for (const [i, init] of [...inits.entries()].reverse()) expect(await shown(init)).toEqual(first[i]);
    }
  });

  it("to pages below a domain that ask at the same time, each by its own name", async () => {
    const { shown } = await isolateWithoutMemory(LINE, { cors: ["https://*.example.com"] });
    const pages = ["https://a.example.com", "https://b.example.com", "https://a.b.example.com"];
    const from = (more: Record<string, string>) =>
      Promise.all(pages.map((origin) => shown({ headers: { origin, ...more } })));
    for (const more of [{}, { "if-none-match": '"1"' }, { "accept-encoding": "gzip" }, { range: "bytes=0-3" }]) {
      for (let round = 0; round < 4; round++) {
        const named = (await from(more)).map(({ fields }) => new Map(fields).get("access-control-allow-origin"));
        expect(named).toEqual(pages);
      }
    }
  });

  it("without what is true of its content alone where none is sent", async () => {
    const { shown } = await isolateWithoutMemory(asset(BODY, { "content-digest": "sha-256=:AAAA:" }));
    const digest = async (init: RequestInit) => new Map((await shown(init)).fields).get("content-digest") ?? null;
    for (let round = 0; round < 4; round++) {
      expect(await digest({})).toBe("sha-256=:AAAA:");
      expect(await digest({ method: "HEAD" })).toBeNull();
      expect(await digest({ headers: { range: "bytes=0-3" } })).toBeNull();
    }
  });

  it("by one read for the whole and a 304, and one more for a coding", async () => {
    const { shown } = await isolateWithoutMemory(LINE);
    const asked = vi.spyOn(Cache.prototype, "match");
    const kinds = [{}, { "if-none-match": '"1"' }, { "accept-encoding": "br" }];
    const reads = async () => {
      const counts = [];
      for (const headers of kinds) {
        asked.mockClear();
        await shown({ headers });
        counts.push(asked.mock.calls.length);
      }
      return counts;
    };
    await expect.poll(reads, { timeout: 10_000 }).toEqual([1, 1, 2]);
  });

  it("also where its coding is gone from the store", async () => {
    const { shown } = await isolateWithoutMemory(LINE);
    const init = { headers: { "accept-encoding": "br" } };
    const first = await shown(init);
    for (let i = 0; i < 3; i++) await shown(init);
    evict("/coded/");
    expect(await shown(init)).toEqual(first);
  });

  it("also where its body stands apart, and not once that is gone", async () => {
    const large = "0123456789abcdef".repeat(90_000);
    const { shown, origin } = await isolateWithoutMemory(asset(large, { "content-length": `${large.length}` }));
    for (let i = 0; i < 3; i++) expect((await shown()).body).toBe(large);
    expect(origin.hits).toBe(1);
    evict("/body/");
    expect((await shown()).body).toBe(large);
    expect(origin.hits).toBe(2);
  });
});

describe("what an isolate knows of the store holds no longer than the store itself", () => {
  /** An isolate that has the answer ready. */
  async function known(line: Line, settings: Partial<ZoneSettings> = {}, change: Partial<ZoneDocument> = {}) {
    const played = await isolateWithoutMemory(line, settings, change);
    for (let i = 0; i < 3; i++) await played.shown();
    return played;
  }

  it.each([
    ["a purge of the path", { kind: "path", value: "/a.css", soft: false }],
    ["a purge of everything", { kind: "everything", value: "", soft: false }],
    ["a purge of its tag", { kind: "tag", value: "red", soft: false }],
    ["a soft purge", { kind: "path", value: "/a.css", soft: true }],
  ] as const)("after %s the origin is asked", async (_title, purge) => {
    const played = await known(asset("v1", { "cache-tag": "red", etag: '"1"' }));
    const { origin, shown, zone } = played;
    origin.answers(asset("v2"));
    const version = zone.version + 1;
    await played.publish({ purges: buildPurgeLog([{ ...purge, version, at: Date.now() }]) });
    await shown(); // served as it was known, while the table is read
    await expect.poll(async () => (await shown()).body).toBe("v2");
    expect(origin.hits).toBe(2);
  });

  it("a changed setting shows", async () => {
    const played = await known(LINE);
    await played.publish({ settings: { ...played.zone.settings, response_headers: { "x-new": "1" } } });
    await played.shown();
    await expect.poll(async () => new Map((await played.shown()).fields).get("x-new")).toBe("1");
    expect(played.origin.hits).toBe(1);
  });

  it("a paused zone is paused", async () => {
    const played = await known(LINE);
    await played.publish({ state: "paused" });
    await played.shown();
    await expect.poll(async () => (await played.shown()).status).toBe(403);
  });

  it.each([
    ["a suspended account", { state: "suspended", stoppedUntil: null }, 403],
    ["a quota that is used up", { state: "active", stoppedUntil: Date.parse("2026-12-01") }, 429],
  ])("%s is heeded", async (_title, change, status) => {
    const account = `account_${crypto.randomUUID()}`;
    const played = await known(LINE, {}, { account });
    await env.ZONES.put(`acct:${account}`, JSON.stringify({ id: account, revision: 1, ...change }));
    await env.CHANGE_FEED.getByName("zones").append(`acct:${account}`, 1);
    pass(61);
    await played.shown();
    await expect.poll(async () => (await played.shown()).status).toBe(status);
  });

  it("a takedown is heeded", async () => {
    const played = await known(LINE);
    await played.publish({ takedowns: { paths: { "/a.css": "DSA-1" }, urls: {}, prefixes: [] } });
    await played.shown();
    await expect.poll(async () => (await played.shown()).status).toBe(451);
  });

  it("a newer response of another isolate is given at once, by the first who asks", async () => {
    const short = { "cache-control": "max-age=10" };
    const played = await known(asset("v1", { ...short, etag: '"1"' }));
    const { origin, shown } = played;
    origin.answers(asset("v2", { ...short, etag: '"2"' }));
    pass(10);
    const other = isolateOf(played, IN_THE_STORE);
    await expect.poll(async () => new Map((await other()).fields).get("x-cache")).toBe("HIT");
    expect((await other()).body).toBe("v2");
    for (let i = 0; i < 4; i++) {
      const { body, fields } = await shown();
      expect([body, new Map(fields).get("etag")]).toEqual(["v2", '"2"']);
      expect((await shown({ headers: { "if-none-match": '"1"' } })).status).toBe(200);
      expect((await shown({ headers: { "if-none-match": '"2"' } })).status).toBe(304);
    }
    expect(origin.hits).toBe(2);
  });

  it("what another isolate has removed is gone, and what it has put in its place is given", async () => {
    const played = await known(LINE, { methods: "all" });
    const { origin, shown } = played;
    const other = isolateOf(played, IN_THE_STORE);
    origin.answers(asset("done"), asset("v2", { etag: '"2"' }), asset("done"), asset("v3", { etag: '"3"' }));
    await other({ method: "PUT", body: "new" });
    expect((await shown()).body).toBe("v2");
    await expect.poll(async () => new Map((await shown()).fields).get("x-cache")).toBe("HIT");
    for (let i = 0; i < 3; i++) expect((await shown()).body).toBe("v2");
    await other({ method: "PUT", body: "newer" });
    await expect.poll(async () => new Map((await other()).fields).get("x-cache")).toBe("HIT");
    expect(await shown()).toMatchObject({ body: "v3", fields: expect.arrayContaining([["etag", '"3"']]) });
    expect((await shown({ headers: { "if-none-match": '"2"' } })).status).toBe(200);
    expect(origin.hits).toBe(5);
  });

  it("it is stale when its time has come", async () => {
    const { shown, origin } = await known(asset("v1", { "cache-control": "max-age=10" }));
    origin.answers(asset("v2", { "cache-control": "max-age=10" }));
    pass(9);
    expect((await shown()).body).toBe("v1");
    pass(1);
    expect((await shown()).body).toBe("v2");
  });

  it("each variant is given to those who ask for it alone, and its validator holds for it alone", async () => {
    const line: Line = (request) => {
      const language = request.headers.get("accept-language") ?? "none";
      return new Response(`in ${language}`, { headers: { vary: "Accept-Language", etag: `"${language}"` } });
    };
    const { shown, origin } = await isolateWithoutMemory(line, { forward: { ...FORWARD, headers: "all" } });
    for (let round = 0; round < 4; round++) {
      for (const language of ["de", "fr"]) {
        const headers = { "accept-language": language };
        expect((await shown({ headers })).body).toBe(`in ${language}`);
        expect((await shown({ headers: { ...headers, "if-none-match": '"de"' } })).status).toBe(
          language === "de" ? 304 : 200,
        );
      }
    }
    expect(origin.hits).toBe(3);
  });
});

describe("a hot response takes the whole way", () => {
  it.each([
    ["If-Match", { "if-match": '"1"' }, 200],
    ["If-Match that does not hold", { "if-match": '"2"' }, 412],
    ["If-Unmodified-Since", { "if-unmodified-since": "Sun, 01 Nov 2026 09:00:00 GMT" }, 412],
    ["If-Range", { range: "bytes=0-1", "if-range": '"1"' }, 206],
    ["a range beyond its end", { range: "bytes=9000-" }, 416],
  ])("for %s", async (_, headers, status) => {
    const { shown } = await isolate(LINE);
    for (let i = 0; i < 3; i++) expect(await shown({ headers })).toMatchObject({ isAtOnce: false, status });
  });
});
