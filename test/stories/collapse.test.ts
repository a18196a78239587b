import { describe, expect, it } from "vitest";
import { asset, held, pass, play, playEdge } from "../support/edge.ts";

playEdge();

type Get = Awaited<ReturnType<typeof play>>["get"];

/** The bodies that so many requests get at the same time. */
function together(get: Get, count: number): Promise<string[]> {
  return Promise.all(Array.from({ length: count }, async () => (await get("/a.js")).text()));
}

describe("requests for one key at the same time", () => {
  it("are one request at the origin, and each gets the whole answer", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => new Response("x".repeat(50_000)));
    origin.answers(line);
    const all = together(get, 200);
    await expect.poll(() => origin.hits).toBe(1);
    open();
    expect(new Set(await all)).toEqual(new Set(["x".repeat(50_000)]));
    expect(origin.hits).toBe(1);
  });

  it("are one request where the origin takes longer than clocks may differ, too", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => new Response("x", { headers: { etag: '"1"', "cache-control": "max-age=600" } }));
    origin.answers(line);
    const all = together(get, 20);
    await expect.poll(() => origin.hits).toBe(1);
    pass(12);
    open();
    expect(new Set(await all)).toEqual(new Set(["x"]));
    expect(origin.hits).toBe(1);
  });

  it("validate once what an origin as slow confirms", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => new Response(null, { status: 304, headers: { "cache-control": "max-age=100" } }));
    origin.answers(asset("v1", { etag: '"1"', "cache-control": "max-age=100" }), line);
    await (await get("/a.js")).text();
    pass(101);
    const all = together(get, 20);
    await expect.poll(() => origin.hits).toBe(2);
    pass(12);
    open();
    expect(new Set(await all)).toEqual(new Set(["v1"]));
    expect(origin.hits).toBe(2);
  });

  it("are told apart by what the origin sees of them", async () => {
    const { get, origin } = await play({
      forward: { headers: ["accept-language"], cookies: false, authorization: false },
    });
    const { line, open } = held(
      (request) => new Response(request.headers.get("accept-language"), { headers: { vary: "Accept-Language" } }),
    );
    origin.answers(line);
    const ask = async (language: string) => (await get("/a.js", { headers: { "accept-language": language } })).text();
    const all = Promise.all(Array.from({ length: 40 }, (_, i) => ask(i % 2 === 0 ? "de" : "fr")));
    await expect.poll(() => origin.hits).toBe(2);
    open();
    expect(await all).toEqual(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? "de" : "fr")));
    expect(await ask("de")).toBe("de");
    expect(await ask("fr")).toBe("fr");
    expect(origin.hits).toBe(2);
  });

  it("share a failure instead of repeating it", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => {
      throw new Error("reset");
    });
    origin.answers(line);
    const all = Promise.all(Array.from({ length: 50 }, async () => (await get("/a.js")).status));
    await expect.poll(() => origin.hits).toBe(1);
    open();
    expect(new Set(await all)).toEqual(new Set([502]));
    expect(origin.hits).toBe(2); // one, and its repetition on a new connection
  });

  it("leave the origin in peace for 2 s after it has failed, but not for those who send it something else", async () => {
    const { get, origin } = await play({
      forward: { headers: ["accept-language"], cookies: false, authorization: false },
    });
    origin.answers(async (request) => {
      if (request.headers.get("accept-language") === "fr") throw new Error("reset");
      return new Response("x", { headers: { "cache-control": "no-store" } });
    });
    const ask = async (language: string) => (await get("/a.js", { headers: { "accept-language": language } })).status;
    expect([await ask("fr"), await ask("fr"), await ask("de")]).toEqual([502, 502, 200]);
    expect(origin.hits).toBe(3); // the first with its repetition on a new connection
    pass(3);
    expect(await ask("fr")).toBe(502);
    expect(origin.hits).toBe(5);
  });

  it("ask for themselves when the answer may not be shared", async () => {
    const { get, origin } = await play({ forward: { headers: [], cookies: true, authorization: false } });
    const { line, open } = held(
      (request) => new Response(request.headers.get("cookie"), { headers: { "cache-control": "private" } }),
    );
    origin.answers(line);
    const ask = async (user: string) => (await get("/me", { headers: { cookie: user } })).text();
    const all = Promise.all(["a", "b", "c", "c"].map(ask));
    await expect.poll(() => origin.hits).toBe(3);
    open();
    expect(await all).toEqual(["a", "b", "c", "c"]);
    expect(origin.hits).toBe(4); // who sends the same waited, and had to ask for itself all the same
  });

  it("validate a stale response once", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => new Response(null, { status: 304, headers: { "cache-control": "max-age=10" } }));
    origin.answers(asset("v1", { etag: '"1"', "cache-control": "max-age=10" }), line);
    await (await get("/a.js")).text();
    pass(11);
    const all = together(get, 50);
    await expect.poll(() => origin.hits).toBe(2);
    open();
    expect(new Set(await all)).toEqual(new Set(["v1"]));
    expect(origin.hits).toBe(2);
  });

  it("go on when the body of the first breaks off", async () => {
    const { get, origin } = await play();
    const { line: broken, open } = held(
      () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode("half"));
            },
            pull(controller) {
              controller.error(new Error("cut"));
            },
          }),
        ),
    );
    origin.answers(broken, asset("whole"));
    const first = get("/a.js").then((response) => response.text());
    const failed = expect(first).rejects.toThrow();
    await expect.poll(() => origin.hits).toBe(1);
    const second = get("/a.js").then((response) => response.text());
    open();
    await failed;
    expect(await second).toBe("whole");
    expect(await (await get("/a.js")).text()).toBe("whole");
    expect(origin.hits).toBe(2);
  });

  it("are not held up by a first client that has left", async () => {
    const { get, origin } = await play();
    const { line, open } = held(() => new Response("x"));
    origin.answers(line);
    const leaver = new AbortController();
    const left = get("/a.js", { signal: leaver.signal }).catch(() => "left");
    await expect.poll(() => origin.hits).toBe(1);
    const second = get("/a.js").then((response) => response.text());
    leaver.abort();
    open();
    expect(await second).toBe("x");
    expect(await left).toBe("left");
    expect(origin.hits).toBe(1);
  });
});
