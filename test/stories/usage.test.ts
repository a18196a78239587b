import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ownerOf } from "../../src/usage/batch.ts";
import { bucketOf } from "../../src/usage/first-byte.ts";
import { readTopPaths, readUsage } from "../../src/usage/read-usage.ts";
import type { UsageQuery } from "../../src/usage/sums.ts";
import { asset, type Line, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();
beforeEach(() => {
  // What is counted leaves for the meter at once; waiting for another delivery takes a turn.
  vi.spyOn(scheduler, "wait").mockImplementation(async () => void (await env.ZONES.get("nothing")));
});

let accounts = 0;

/** A zone of an account of its own. */
function playAlone(...[settings, change]: Parameters<typeof play>): Promise<Play> {
  return play(settings, { account: `acct_story_${++accounts}`, ...change });
}

const report = ({ zone }: Play, query: UsageQuery) => readUsage(env, ownerOf(zone), query);
const topPaths = ({ zone }: Play, day: number) => readTopPaths(env, ownerOf(zone), zone.id, day);

/** What has been counted for a zone: requests and bytes by cache status and by status class. */
async function countedFor(played: Play): Promise<Record<string, [requests: number, bytes: number]>> {
  const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: [played.zone.id], series: null } as const;
  const { cacheStatus, statusClass } = await report(played, query);
  const rows = [...cacheStatus, ...statusClass.map((row) => ({ ...row, value: `${row.value}xx` }))];
  return Object.fromEntries(rows.map(({ value, requests, bytes }) => [value, [requests, bytes]]));
}

/** Waits for the meter to hold just this. */
async function expectCounted(played: Play, expected: Record<string, [number, number]>): Promise<void> {
  await vi.waitFor(async () => expect(await countedFor(played)).toEqual(expected), { timeout: 5_000 });
}

async function read(answer: Promise<Response>, status: number): Promise<number> {
  const response = await answer;
  expect(response.status).toBe(status);
  return (await response.arrayBuffer()).byteLength;
}

const BODY = "body { margin: 0 }";

describe("usage", () => {
  it("counts a MISS as it streams, and HITs out of memory, first and again", async () => {
    const played = await playAlone();
    played.origin.answers(asset(BODY));
    for (let n = 0; n < 4; n++) expect(await read(played.get("/a.css"), 200)).toBe(18);
    await expectCounted(played, { MISS: [1, 18], HIT: [3, 54], "2xx": [4, 72] });
  });

  it("counts what the zone's policy refuses, by its word, under the path without the token", async () => {
    const refusing = { access: { countries: { deny: ["US"] } }, signed_urls: "required" } as const;
    const played = await playAlone(refusing);
    const ask = (path: string, country: string) => played.get(path, { cf: { country } as never });
    expect((await ask("/a.css", "US")).status).toBe(403);
    expect((await ask("/bcdn_token=secret&expires=1/a.css?token=secret", "US")).status).toBe(403);
    expect((await ask("/bcdn_token=secret&expires=1/a.css", "DE")).status).toBe(403);
    const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: [played.zone.id], series: null } as const;
    await vi.waitFor(
      async () => {
        expect((await report(played, query)).failures).toEqual([
          { reason: "refused access-country", count: 2 },
          { reason: "refused signature-wrong", count: 1 },
        ]);
      },
      { timeout: 5_000 },
    );
    const paths = await topPaths(played, Date.UTC(2026, 10, 22));
    expect(JSON.stringify(paths)).not.toContain("secret");
    expect(JSON.stringify(paths)).toContain("/a.css");
  });

  it("counts no bytes for HEAD and 304", async () => {
    const played = await playAlone();
    played.origin.answers(asset(BODY, { etag: '"1"' }));
    await read(played.get("/a.css"), 200);
    await read(played.get("/a.css", { method: "HEAD" }), 200);
    await read(played.get("/a.css", { headers: { "if-none-match": '"1"' } }), 304);
    await expectCounted(played, { MISS: [1, 18], HIT: [2, 0], "2xx": [2, 18], "3xx": [1, 0] });
  });

  it("counts the part of a 206, out of memory and out of the store, and nothing for a 416", async () => {
    const played = await playAlone();
    played.origin.answers(asset("x".repeat(100)), asset("x".repeat(500_000)));
    await read(played.get("/small.woff2"), 200);
    expect(await read(played.get("/small.woff2", { headers: { range: "bytes=10-19" } }), 206)).toBe(10);
    await read(played.get("/large.woff2"), 200);
    expect(await read(played.get("/large.woff2", { headers: { range: "bytes=1000-1999" } }), 206)).toBe(1_000);
    await read(played.get("/large.woff2", { headers: { range: "bytes=500000-" } }), 416);
    await expectCounted(played, { MISS: [2, 500_100], HIT: [3, 1_010], "2xx": [4, 501_110], "4xx": [1, 0] });
  });

  it("counts the coded bytes of a coded answer", async () => {
    const played = await playAlone();
    played.origin.answers(asset(BODY.repeat(500)));
    await read(played.get("/a.css"), 200);
    const answer = await played.get("/a.css", { headers: { "accept-encoding": "br" } });
    const length = Number(answer.headers.get("content-length"));
    expect(answer.headers.get("content-encoding")).toBe("br");
    expect(length).toBeLessThan(1_000);
    await answer.body?.cancel();
    await expectCounted(played, { MISS: [1, 9_000], HIT: [1, length], "2xx": [2, 9_000 + length] });
  });

  it("counts large bodies out of the store as they go out", async () => {
    const played = await playAlone();
    played.origin.answers(asset(new Uint8Array(3_000_000)));
    for (let n = 0; n < 2; n++) expect(await read(played.get("/a.woff2"), 200)).toBe(3_000_000);
    await expectCounted(played, { MISS: [1, 3_000_000], HIT: [1, 3_000_000], "2xx": [2, 6_000_000] });
  });

  it("counts of a download that is broken off what was handed over, not the whole", async () => {
    const played = await playAlone();
    const size = 4_000_000;
    played.origin.answers(asset(new Uint8Array(size)));
    await read(played.get("/a.woff2"), 200);
    const { body, headers } = await played.get("/a.woff2");
    expect(headers.get("x-cache")).toBe("HIT");
    const reader = body!.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    await vi.waitFor(async () => expect((await countedFor(played)).HIT?.[1]).toBeGreaterThan(0), { timeout: 5_000 });
    const [requests, bytes] = (await countedFor(played)).HIT!;
    expect(requests).toBe(1);
    expect(bytes).toBeGreaterThanOrEqual(value!.byteLength);
    expect(bytes).toBeLessThan(size / 2);
  });

  it("counts refusals of a known zone, with the bytes of their bodies", async () => {
    const played = await playAlone();
    const refused = await read(played.get("/a.css", { method: "POST" }), 405);
    const uncached = await read(played.get("/a.css", { headers: { "cache-control": "only-if-cached" } }), 504);
    played.origin.answers(() => {
      throw new Error("down");
    });
    const failed = await read(played.get("/a.css"), 502);
    await read(played.get("/a.css", { method: "OPTIONS" }), 204);
    await expectCounted(played, {
      BYPASS: [4, refused + uncached + failed],
      "2xx": [1, 0],
      "4xx": [1, refused],
      "5xx": [2, uncached + failed],
    });
  });

  it("counts a paused zone's 403", async () => {
    const played = await playAlone({}, { state: "paused" });
    const bytes = await read(played.get("/a.css"), 403);
    await expectCounted(played, { BYPASS: [1, bytes], "4xx": [1, bytes] });
  });

  it("counts a failure of the edge itself once, as a 500", async () => {
    const played = await playAlone();
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(crypto, "randomUUID").mockImplementationOnce(() => {
      throw new Error("out of luck");
    });
    played.origin.answers(asset(BODY));
    const bytes = await read(played.get("/a.css"), 500);
    await expectCounted(played, { BYPASS: [1, bytes], "5xx": [1, bytes] });
  });

  it("counts a stale answer and a revalidated one as such", async () => {
    const played = await playAlone();
    const down = () => new Response("", { status: 503 });
    const notModified = () =>
      new Response(null, { status: 304, headers: { etag: '"1"', "cache-control": "max-age=1" } });
    played.origin.answers(asset(BODY, { etag: '"1"', "cache-control": "max-age=1" }), down, notModified);
    await read(played.get("/a.css"), 200);
    pass(60);
    await read(played.get("/a.css"), 200);
    pass(60);
    await read(played.get("/a.css"), 200);
    await expectCounted(played, { MISS: [1, 18], STALE: [1, 18], REVALIDATED: [1, 18], "2xx": [3, 54] });
  });

  it("never counts test zones into live usage", async () => {
    const live = await playAlone();
    const test = await play({}, { account: live.zone.account, mode: "test" });
    live.origin.answers(asset(BODY));
    test.origin.answers(asset(`${BODY}${BODY}`));
    await read(live.get("/a.css"), 200);
    await read(test.get("/a.css"), 200);
    await expectCounted(live, { MISS: [1, 18], "2xx": [1, 18] });
    await expectCounted(test, { MISS: [1, 36], "2xx": [1, 36] });
    const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: null, series: null } as const;
    const { zone } = await report(live, query);
    expect(zone.map(({ value }) => value)).toEqual([live.zone.id]);
  });

  it("counts what the origin was asked apart from what clients were answered: validations, failures and its bytes", async () => {
    const played = await playAlone({ methods: "all" });
    const { origin } = played;
    const slow = (line: Line, seconds: number) => (request: Request) => {
      pass(seconds);
      return line(request);
    };
    const fresh = { etag: '"1"', "cache-control": "max-age=1" };
    const gzipped = await new Response(
      new Blob([BODY.repeat(100)]).stream().pipeThrough(new CompressionStream("gzip")),
    ).arrayBuffer();
    origin.answers(
      slow(asset(BODY, fresh), 0.2),
      () => new Response(null, { status: 304, headers: fresh }),
      asset(new Uint8Array(gzipped), { "content-encoding": "gzip" }),
      () => new Response("accepted"),
      asset("gone", {}, 500),
    );
    await read(played.get("/a.css"), 200);
    await read(played.get("/a.css"), 200);
    pass(60);
    await read(played.get("/a.css"), 200);
    await read(played.get("/coded.css"), 200);
    await read(played.get("/form", { method: "POST", body: "x" }), 200);
    await read(played.get("/b.css"), 500);
    const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: null, series: null } as const;
    await vi.waitFor(
      async () => {
        const { pop } = await report(played, query);
        expect(pop).toMatchObject([{ origin: { requests: 5, bytes: 18 + gzipped.byteLength + 8 + 4 } }]);
        expect(pop[0]!.origin!.firstByte).toEqual([
          [0, 4],
          [bucketOf(200), 1],
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it("counts an origin that fails as often as it was asked, without a time to its first byte", async () => {
    const played = await playAlone();
    played.origin.answers(() => {
      throw new Error("down");
    });
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    await read(played.get("/a.css"), 502);
    const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: null, series: null } as const;
    await vi.waitFor(
      async () => {
        const { pop } = await report(played, query);
        expect(pop[0]?.origin).toEqual({ requests: played.origin.hits, bytes: 0, firstByte: [] });
      },
      { timeout: 10_000 },
    );
    expect(played.origin.hits).toBe(2);
  });

  it("counts a request to the hour in which it was made", async () => {
    const played = await playAlone();
    vi.setSystemTime(new Date("2026-11-22T10:59:59.999Z"));
    played.origin.answers(asset(BODY));
    await read(played.get("/a.css"), 200);
    pass(1);
    await read(played.get("/a.css"), 200);
    await expectCounted(played, { MISS: [1, 18], HIT: [1, 18], "2xx": [2, 36] });
    const hour = Date.UTC(2026, 10, 22, 10);
    const query = { from: hour, to: hour + 7_200_000, rows: "hours", zones: null, series: "hour" } as const;
    const { series } = await report(played, query);
    expect(series).toMatchObject([
      { value: hour, requests: 1, bytes: 18, hits: 0, hitBytes: 0 },
      { value: hour + 3_600_000, requests: 1, bytes: 18, hits: 1, hitBytes: 18 },
    ]);
  });

  it("says which paths were asked for most, without their queries", async () => {
    const played = await playAlone();
    played.origin.answers(asset(BODY));
    for (const path of ["/a.css", "/b.css", "/b.css?1", "/b.css?2", "/x/%2e%2e/a.css"])
      await read(played.get(path), 200);
    const day = Date.UTC(2026, 10, 22);
    await vi.waitFor(
      async () => {
        const { paths } = await topPaths(played, day);
        expect(paths).toEqual([
          ["/b.css", 3, 0],
          ["/a.css", 2, 0],
        ]);
      },
      { timeout: 10_000 },
    );
  });

  it("counts nothing for hosts and zones that nobody has", async () => {
    const played = await playAlone();
    played.origin.answers(asset(BODY));
    const { exports } = await import("cloudflare:workers");
    for (const host of ["nobody.rescdn.localhost", "unknown.example"]) {
      expect(await read(exports.default.fetch(`http://${host}/a.css`), 404)).toBeGreaterThan(0);
    }
    await read(played.get("/a.css"), 200);
    await expectCounted(played, { MISS: [1, 18], "2xx": [1, 18] });
    const owners = await runInDurableObject(env.LOCATION_METER.getByName("LOCAL"), (_, { storage }) =>
      storage.sql
        .exec<{ owner: string }>("SELECT owner FROM told")
        .toArray()
        .map(({ owner }) => owner),
    );
    expect(owners).toContain(ownerOf(played.zone));
    expect(owners.filter((owner) => !/^acct_\w+:(live|test)$/.test(owner))).toEqual([]);
  });
});
