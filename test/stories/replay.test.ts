import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createEntry } from "../../src/entry.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import { asset, type Line, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const BODY = "body{color:red}".repeat(200);
const LAST_MODIFIED = "Sun, 01 Nov 2026 10:00:00 GMT";
const LINE: Line = asset(BODY, { etag: '"1"', "last-modified": LAST_MODIFIED });
const SITE = "https://www.example.com";

/** An isolate of its own for a zone; what it answers at once it answers without a promise. */
async function isolate(line: Line, settings: Partial<ZoneSettings> = {}) {
  const { zone, origin } = await play(settings);
  origin.answers(line);
  const { fetch } = createEntry(() => Promise.reject(new Error("no control plane here")));
  const shown = async (init: RequestInit) => {
    const works: Promise<unknown>[] = [];
    const ctx = Object.assign(createExecutionContext(), { waitUntil: (work: Promise<unknown>) => works.push(work) });
    const answer = fetch(new Request(`http://${zone.name}.rescdn.localhost/a.css`, init), env, ctx);
    const response = await answer;
    const body = await response.text();
    return {
      isAtOnce: answer instanceof Response,
      status: response.status,
      fields: [...response.headers],
      body,
      works,
    };
  };
  const [filling] = (await shown({})).works;
  await filling;
  return {
    origin,
    async shown(init: RequestInit) {
      const { works, ...answer } = await shown(init);
      return answer;
    },
  };
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
