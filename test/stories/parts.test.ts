import { describe, expect, it, vi } from "vitest";
import { asset, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const whole = "0123456789";
const fresh = { "cache-control": "max-age=600" };
const ranged = (range: string) => ({ headers: { range } });

/** An origin that knows ranges. */
function serving(headers: Record<string, string>) {
  return (request: Request) => {
    const match = /^bytes=,?(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
    if (match === null) return new Response(whole, { headers: { ...headers, "content-length": "10" } });
    const first = match[1] === "" ? whole.length - Number(match[2]) : Number(match[1]);
    const last = match[1] === "" || match[2] === "" ? whole.length - 1 : Number(match[2]);
    return new Response(whole.slice(first, last + 1), {
      status: 206,
      headers: { ...headers, "content-range": `bytes ${first}-${last}/${whole.length}` },
    });
  };
}

/** Has a client ask for a range, and waits until the part is stored. */
async function storePart(get: Play["get"], path: string, range: string): Promise<void> {
  const { mock } = vi.spyOn(Cache.prototype, "put");
  await (await get(path, ranged(range))).arrayBuffer();
  // Documents and the feed of changes have caches of their own.
  const isPart = (_: unknown, put: number) => {
    const [at] = mock.calls[put]!;
    return !/^\/(?:documents|changes)\//.test(new URL(at instanceof Request ? at.url : String(at)).pathname);
  };
  await expect.poll(() => mock.settledResults.filter(isPart).map(({ type }) => type)).toEqual(["fulfilled"]);
}

describe("the end of something that is not stored", () => {
  it("is asked of the origin as a range, kept as a part, and answers what lies within", async () => {
    const { get, origin } = await play();
    origin.answers(serving(fresh));
    const end = await get("/a.mp4", ranged("bytes=-4"));
    expect([end.status, await end.text(), end.headers.get("content-range")]).toEqual([206, "6789", "bytes 6-9/10"]);
    expect(origin.requests[0]!.headers.get("range")).toBe("bytes=-4");
    for (const [range, body] of [
      ["bytes=-4", "6789"],
      ["bytes=7-8", "78"],
      ["bytes=8-", "89"],
      ["bytes=-1", "9"],
    ] as const) {
      const part = await get("/a.mp4", ranged(range));
      expect([part.status, await part.text(), part.headers.get("x-cache")]).toEqual([206, body, "HIT"]);
    }
    expect(origin.hits).toBe(1);
  });

  it("is asked for as a range also where the list that names it has an empty member", async () => {
    const { get, origin } = await play();
    origin.answers(serving(fresh));
    const end = await get("/a.mp4", ranged("bytes=,-4"));
    expect([end.status, await end.text()]).toEqual([206, "6789"]);
    expect(origin.requests[0]!.headers.get("range")).toBe("bytes=-4");
  });

  it("is never the answer to a request for the whole or for more than it has", async () => {
    const { get, origin } = await play();
    origin.answers(serving(fresh));
    await (await get("/a.mp4", ranged("bytes=-4"))).text();
    expect(await (await get("/a.mp4", ranged("bytes=5-8"))).text()).toBe("5678");
    const all = await get("/a.mp4");
    expect([all.status, await all.text()]).toEqual([200, whole]);
  });

  it("goes when it is purged and when its time has come", async () => {
    const { get, origin, zone, publish } = await play();
    origin.answers(serving(fresh));
    await (await get("/a.mp4", ranged("bytes=-4"))).text();
    await publish({ purges: { ...zone.purges, everything: [2, 0, 0] } });
    await (await get("/a.mp4", ranged("bytes=-4"))).text();
    expect(origin.hits).toBe(2);
    pass(599);
    expect((await get("/a.mp4", ranged("bytes=-4"))).headers.get("x-cache")).toBe("HIT");
    pass(1);
    await (await get("/a.mp4", ranged("bytes=-4"))).text();
    expect(origin.hits).toBe(3);
  });
});

describe("a part from the middle", () => {
  it("answers what lies within it, and tells where in the whole", async () => {
    const { get, origin } = await play();
    origin.answers(serving(fresh));
    await (await get("/a.mp4", ranged("bytes=2-5"))).text();
    for (const [range, body, where] of [
      ["bytes=3-4", "34", "bytes 3-4/10"],
      ["bytes=2-5", "2345", "bytes 2-5/10"],
    ] as const) {
      const part = await get("/a.mp4", ranged(range));
      expect([await part.text(), part.headers.get("content-range"), part.headers.get("x-cache")]).toEqual([
        body,
        where,
        "HIT",
      ]);
    }
    expect(origin.hits).toBe(1);
    const end = await get("/a.mp4", ranged("bytes=4-"));
    expect([await end.text(), end.headers.get("content-range")]).toEqual(["456789", "bytes 4-9/10"]);
  });

  it("ends where its bytes end, if its label says that it is the end", async () => {
    const { get, origin } = await play();
    origin.answers(asset("678", { ...fresh, "content-range": "bytes 6-9/10", "content-length": "3" }, 206));
    await (await get("/a.mp4", ranged("bytes=-4"))).text();
    const end = await get("/a.mp4", ranged("bytes=-1"));
    expect([await end.text(), end.headers.get("content-range")]).toEqual(["8", "bytes 8-8/9"]);
    expect(origin.hits).toBe(1);
  });
});

describe("a part in the middle that its origin has miscounted", () => {
  it("is labelled as what it is", async () => {
    const { get, origin } = await play();
    const label = (range: string) => ({ ...fresh, "content-range": range, "content-length": "3" });
    origin.answers(asset("234", label("bytes 2-5/10"), 206), asset("234", label("bytes 2-9/*"), 206));
    for (const [path, label] of [
      ["/a.mp4", "bytes 2-4/10"],
      ["/b.mp4", "bytes 2-4/*"],
    ] as const) {
      const part = await get(path, ranged("bytes=2-5"));
      expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, "234", label]);
    }
  });

  it("makes place for the whole where it contradicts itself, or says nothing", async () => {
    const { get, origin } = await play();
    for (const [path, label] of ["bytes 7-7/9", "lines 1-2/3", "bytes 9-8/10", ""].entries()) {
      const said = { ...fresh, "content-length": "3", ...(label !== "" && { "content-range": label }) };
      origin.answers(asset("234", said, 206), asset(whole, fresh));
      const answer = await get(`/${path}.mp4`, ranged("bytes=2-5"));
      expect(await answer.text()).toBe(whole);
      expect(origin.requests.at(-1)!.headers.has("range")).toBe(false);
    }
  });
});

describe("a range of something cold whose origin does not say how long it is", () => {
  /** As {@link serving}, in chunks: the whole has no length. */
  const chunked = (request: Request) =>
    request.headers.has("range") ? serving(fresh)(request) : new Response(whole, { headers: fresh });
  const rangesAsked = (origin: Play["origin"]) => origin.requests.map(({ headers }) => headers.get("range"));

  it.each([
    ["all of it, as Safari asks", "bytes=0-", "bytes=0-", whole, "bytes 0-9/10"],
    ["its first bytes", "bytes=0-1", "bytes=0-1", "01", "bytes 0-1/10"],
    ["its middle", "bytes=3-5", "bytes=3-5", "345", "bytes 3-5/10"],
  ])("is a 206 each time: %s", async (_, range, asked, body, where) => {
    const { get, origin } = await play();
    origin.answers(chunked);
    for (let nth = 0; nth < 4; nth++) {
      const part = await get("/a.mp4", ranged(range));
      expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, body, where]);
    }
    expect(rangesAsked(origin)).toContain(asked);
    await expect.poll(async () => (await get("/a.mp4", ranged(range))).headers.get("x-cache")).toBe("HIT");
    expect(origin.hits, "the whole, and ranges until it was there").toBeLessThanOrEqual(4);
  });

  it("is a 206 as well when something stale gives way to it", async () => {
    const { get, origin } = await play();
    origin.answers(asset("old", { "cache-control": "max-age=10" }), chunked);
    await (await get("/a.mp4")).text();
    pass(11);
    const part = await get("/a.mp4", ranged("bytes=0-"));
    expect([part.status, await part.text(), part.headers.get("content-range")]).toEqual([206, whole, "bytes 0-9/10"]);
  });

  it("is the whole where the origin knows no ranges, which is stored and answers the next one", async () => {
    const { get, origin } = await play();
    origin.answers(asset(whole, fresh));
    const first = await get("/a.mp4", ranged("bytes=0-"));
    expect([first.status, await first.text(), first.headers.get("x-cache")]).toEqual([200, whole, "MISS"]);
    expect(rangesAsked(origin)).toEqual([null, "bytes=0-"]);
    await expect.poll(async () => (await get("/a.mp4", ranged("bytes=0-"))).status).toBe(206);
    expect(origin.hits).toBe(2);
  });

  it("is the whole where asking for the range fails", async () => {
    const { get, origin } = await play();
    origin.answers(asset(whole, fresh), asset("down", {}, 503));
    const first = await get("/a.mp4", ranged("bytes=0-"));
    expect([first.status, await first.text()]).toEqual([200, whole]);
  });

  it("is the whole where it came in a coding: a range of that would be one of other bytes", async () => {
    const { get, origin } = await play();
    const gzipped = new Response(new Blob([whole]).stream().pipeThrough(new CompressionStream("gzip")));
    const bytes = new Uint8Array(await gzipped.arrayBuffer());
    origin.answers(
      () => new Response(bytes, { headers: { ...fresh, "content-encoding": "gzip" }, encodeBody: "manual" }),
    );
    const first = await get("/a.mp4", ranged("bytes=0-"));
    expect([first.status, await first.text()]).toEqual([200, whole]);
    expect(rangesAsked(origin)).toEqual([null]);
  });
});

describe("a part that answers something else than a GET", () => {
  it.each(["PUT", "PATCH", "DELETE", "PROPFIND"])("is not kept: %s", async (method) => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers(asset("evil", { ...fresh, "content-range": "bytes 6-9/10" }, 206), serving(fresh));
    await (await get("/a.mp4", { method, headers: { range: "bytes=-4" } })).text();
    expect(await (await get("/a.mp4", ranged("bytes=-4"))).text()).toBe("6789");
    expect(origin.hits).toBe(2);
  });
});

describe("a part that one client has had", () => {
  const html = "<html>0123456789</html>";
  const page = { ...fresh, etag: '"1"', "content-type": "text/html; charset=utf-8", "content-security-policy": "x" };

  it("leaves a request for the whole as it would be without it: one plain request, and all of the fields", async () => {
    const { get, origin } = await play();
    origin.answers((request) => {
      const range = request.headers.get("range");
      if (range === null) return new Response(html, { headers: page });
      // RFC 9110 §15.3.7: under an If-Range, a 206 may leave out what its client has from the answer before.
      const { etag, "cache-control": control } = page;
      const headers = { etag, "cache-control": control, "content-range": `bytes 0-0/${html.length}` };
      return new Response("<", {
        status: 206,
        headers: request.headers.has("if-range") ? headers : { ...page, ...headers },
      });
    });
    await storePart(get, "/page", "bytes=0-0");
    for (const cache of ["MISS", "HIT"]) {
      const { status, headers, body } = await get("/page");
      expect([status, await new Response(body).text(), headers.get("x-cache")]).toEqual([200, html, cache]);
      expect(headers.get("content-type")).toBe(page["content-type"]);
      expect(headers.get("content-security-policy")).toBe("x");
    }
    expect(origin.hits).toBe(2);
    expect(origin.requests.at(-1)!.headers.has("range")).toBe(false);
  });

  it.each([503, 416, 403])(
    "is nothing to be completed: an origin's %i to a range is nobody's whole",
    async (status) => {
      const { get, origin } = await play();
      const line = serving({ ...fresh, etag: '"1"' });
      origin.answers((request) => {
        const range = request.headers.get("range");
        return range === null || range === "bytes=0-3" ? line(request) : new Response("", { status });
      });
      await storePart(get, "/a.mp4", "bytes=0-3");
      const [all, open] = await Promise.all([get("/a.mp4"), get("/a.mp4", ranged("bytes=0-"))]);
      expect([all.status, await all.text(), open.status, await open.text()]).toEqual([200, whole, 206, whole]);
      expect(origin.hits).toBe(2);
    },
  );
});

describe("the body of a stored part", () => {
  it("is not read for those who wait for more than it has", async () => {
    const { get, origin } = await play();
    const { promise: passed, resolve: open } = Promise.withResolvers<void>();
    const line = serving(fresh);
    origin.answers(async (request) => {
      if (!request.headers.has("range")) await passed;
      return line(request);
    });
    await storePart(get, "/a.mp4", "bytes=0-3");
    const bodies = watchStoredBodies();
    const leader = get("/a.mp4");
    await expect.poll(() => origin.hits).toBe(2);
    const followers = [get("/a.mp4"), get("/a.mp4", ranged("bytes=0-")), get("/a.mp4", ranged("bytes=2-5"))];
    // The range has been looked for in the part, and waits.
    await expect.poll(() => bodies.dropped).toBeGreaterThan(0);
    expect(bodies.opened).toBe(0);
    expect(await (await get("/a.mp4", ranged("bytes=1-2"))).text()).toBe("12");
    expect(bodies.opened).toBe(1);
    open();
    const all = await Promise.all([leader, ...followers]);
    expect(await Promise.all(all.map((response) => response.text()))).toEqual([whole, whole, whole, "2345"]);
    expect(bodies.opened).toBe(1);
    expect(origin.hits).toBe(2);
  });
});

/** Counts the bodies of the store that are read, and those that are let go of unread. */
function watchStoredBodies() {
  const counted = { opened: 0, dropped: 0 };
  const match = Cache.prototype.match;
  vi.spyOn(Cache.prototype, "match").mockImplementation(async function (this: Cache, ...asked) {
    const found = await match.apply(this, asked);
    if (!found?.body) return found;
    const reader = found.body.getReader();
    let isOpened = false;
    const body = new ReadableStream(
      {
        async pull(controller) {
          if (!isOpened) counted.opened++;
          isOpened = true;
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          if (!isOpened) counted.dropped++;
          await reader.cancel();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, found);
  });
  return counted;
}

describe("a part that nobody asked for", () => {
  it("is no answer: 502, and the stale copy where there is one", async () => {
    const { get, origin } = await play();
    const part = asset("0123", { ...fresh, "content-range": "bytes 0-3/10" }, 206);
    origin.answers(part);
    expect(await (await get("/a.mp4")).json()).toMatchObject({ code: "origin-nonsense" });
    origin.answers(serving({ "cache-control": "max-age=10" }), part);
    await (await get("/b.mp4")).text();
    pass(11);
    const stale = await get("/b.mp4");
    expect([stale.status, await stale.text(), stale.headers.get("x-cache")]).toEqual([200, whole, "STALE"]);
  });
});
