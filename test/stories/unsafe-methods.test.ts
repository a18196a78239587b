import { describe, expect, it } from "vitest";
import { asset, held, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

/** A body whose first byte comes at once and the others when `rest` resolves. */
function slowly(text: string, rest: Promise<void>): ReadableStream<Uint8Array> {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const send = async () => {
    await writer.write(new TextEncoder().encode(text.slice(0, 1)));
    await rest;
    await writer.write(new TextEncoder().encode(text.slice(1)));
    await writer.close();
  };
  void send();
  return readable;
}

/**
 * An origin that gives an old body slowly and, once a PUT has changed it, a new one at once. `change` lets the rest of the old
 * one come behind the PUT.
 */
function slowThenNew({ get, origin }: Play, old: { status?: number; headers?: Record<string, string> } = {}) {
  const rest = Promise.withResolvers<void>();
  let hasChanged = false;
  origin.answers((request) => {
    if (request.method === "PUT") {
      hasChanged = true;
      return new Response(null, { status: 204 });
    }
    const caching = { "cache-control": "max-age=600" };
    if (hasChanged || request.url.endsWith("/other")) return new Response("new", { headers: caching });
    return new Response(slowly("old", rest.promise), {
      status: old.status ?? 200,
      headers: { ...caching, ...old.headers },
    });
  });
  return {
    change: async () => {
      await get("/doc", { method: "PUT", body: "new" });
      rest.resolve();
    },
  };
}

describe("what a client sends slowly", () => {
  it.each([{}, { "content-length": "8" }])(
    "reaches its origin whole, however long it takes, with %j",
    async (headers) => {
      const { get, origin } = await play({ methods: "all", timeouts: { first_byte_ms: 400, idle_ms: 1_000 } });
      origin.answers(
        async (request) => new Response(`${await request.text()} ${request.headers.get("content-length")}`),
      );
      let sent = 0;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (sent === 8) return controller.close();
          await scheduler.wait(100);
          controller.enqueue(new TextEncoder().encode(String(sent++)));
        },
      });
      const answer = await get("/upload", { method: "PUT", headers, body });
      expect([answer.status, await answer.text()]).toEqual([200, `01234567 ${headers["content-length"] ?? null}`]);
    },
  );

  it("is given up where it stands still", async () => {
    const { get, origin } = await play({ methods: "all", timeouts: { first_byte_ms: 100, idle_ms: 1_000 } });
    origin.answers(async (request) => new Response(await request.text()));
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode("0")),
    });
    const answer = await get("/upload", { method: "PUT", body });
    expect([answer.status, await answer.json()]).toEqual([
      408,
      expect.objectContaining({ code: "request-body-timeout" }),
    ]);
  });
});

describe("an unsafe method in a zone with methods: all", () => {
  it("reaches the origin with its body and makes the next GET reach it too (RFC 9111 §4.4)", async () => {
    const { get, origin } = await play({ methods: "all" });
    let body = "v1";
    origin.answers(async (request) => {
      if (request.method === "PUT") body = await request.text();
      return new Response(body, { headers: { "cache-control": "max-age=600" } });
    });
    expect(await (await get("/doc")).text()).toBe("v1");
    const put = await get("/doc", {
      method: "PUT",
      body: "v2",
      headers: { "content-type": "text/plain", "if-match": '"1"' },
    });
    expect(put.headers.get("x-cache")).toBe("BYPASS");
    expect(put.headers.get("cache-status")).toBe("ResCDN; fwd=method; fwd-status=200");
    expect(origin.requests[1]!.headers.get("if-match")).toBe('"1"');
    expect(await (await get("/doc")).text()).toBe("v2");
    expect((await get("/doc")).headers.get("x-cache")).toBe("HIT");
  });

  it("invalidates nothing when it fails, and what Location names when it succeeds", async () => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers((request) =>
      request.method === "GET"
        ? new Response("x", { headers: { "cache-control": "max-age=600" } })
        : new Response(null, { status: request.url.endsWith("/fails") ? 409 : 201, headers: { location: "/made" } }),
    );
    await (await get("/made")).text();
    await get("/fails", { method: "POST", body: "x" });
    expect((await get("/made")).headers.get("x-cache")).toBe("HIT");
    await get("/makes", { method: "POST", body: "x" });
    expect((await get("/made")).headers.get("x-cache")).toBe("MISS");
  });

  it("is not undone by a GET that was under way: what that brings is not kept", async () => {
    const { get, origin } = await play({ methods: "all" });
    const line = (body: string) => () => new Response(body, { headers: { "cache-control": "max-age=600" } });
    const { line: first, open } = held(line("v1"));
    origin.answers(first, line("done"), line("v2"));
    const before = get("/doc");
    await expect.poll(() => origin.hits).toBe(1);
    await (await get("/doc", { method: "PUT", body: "v2" })).text();
    // Who asks now waits for nothing that was asked for before the change.
    const during = get("/doc");
    await expect.poll(() => origin.hits).toBe(3);
    open();
    expect(await (await before).text()).toBe("v1");
    expect(await (await during).text()).toBe("v2");
    expect(await (await get("/doc")).text()).toBe("v2");
  });

  it("keeps nothing of a GET that was under way alone", async () => {
    const { get, origin } = await play({ methods: "all" });
    const gate = Promise.withResolvers<void>();
    let version = "v1";
    origin.answers(async ({ method }) => {
      const body = version;
      if (method === "GET" && body === "v1") await gate.promise;
      if (method === "PUT") version = "v2";
      return new Response(body, { headers: { "cache-control": "max-age=600" } });
    });
    const before = get("/doc");
    await expect.poll(() => origin.hits).toBe(1);
    await (await get("/doc", { method: "PUT", body: "v2" })).text();
    gate.resolve();
    expect(await (await before).text()).toBe("v1");
    expect(await (await get("/doc")).text()).toBe("v2");
  });

  it("forgets all variants", async () => {
    const { get, origin } = await play({
      methods: "all",
      forward: { headers: ["x-tier"], cookies: false, authorization: false },
    });
    origin.answers((request) =>
      request.method === "GET"
        ? new Response(request.headers.get("x-tier"), { headers: { vary: "X-Tier", "cache-control": "max-age=600" } })
        : new Response(null),
    );
    const tier = async (value: string) => {
      const response = await get("/doc", { headers: { "x-tier": value } });
      await response.text();
      return response.headers.get("x-cache");
    };
    expect([await tier("a"), await tier("b"), await tier("a"), await tier("b")]).toEqual([
      "MISS",
      "MISS",
      "HIT",
      "HIT",
    ]);
    await get("/doc", { method: "DELETE" });
    expect([await tier("a"), await tier("b")]).toEqual(["MISS", "MISS"]);
  });
});

describe("an unsafe method keeps out of the cache what was asked for before it", () => {
  it("a body that takes longer than others would wait for it", async () => {
    const played = await play({ methods: "all" });
    const { change } = slowThenNew(played);
    const before = await played.get("/doc");
    pass(60);
    const { get } = played;
    await (await get("/other")).text();
    await change();
    expect(await before.text()).toBe("old");
    const after = await get("/doc");
    expect([await after.text(), after.headers.get("x-cache")]).toEqual(["new", "MISS"]);
    expect((await get("/doc")).headers.get("x-cache")).toBe("HIT");
  });

  it("a part", async () => {
    const played = await play({ methods: "all" });
    const { change } = slowThenNew(played, { status: 206, headers: { "content-range": "bytes 1-3/16" } });
    const range = { headers: { range: "bytes=1-3" } };
    const before = await played.get("/doc", range);
    await change();
    expect(await before.text()).toBe("old");
    const after = await played.get("/doc", range);
    expect([await after.text(), after.headers.get("x-cache")]).toEqual(["new", "MISS"]);
  });

  it("the answer to a POST", async () => {
    const played = await play({ methods: "all" });
    const { change } = slowThenNew(played, { headers: { "content-location": "/doc" } });
    const before = await played.get("/doc", { method: "POST", body: "x" });
    await change();
    expect(await before.text()).toBe("old");
    const after = await played.get("/doc");
    expect([await after.text(), after.headers.get("x-cache")]).toEqual(["new", "MISS"]);
  });
});

describe("an unsafe method in a zone that only reads", () => {
  it("touches neither the origin nor what is stored", async () => {
    const { get, origin } = await play();
    origin.answers(asset("x"));
    await (await get("/a.css")).text();
    expect((await get("/a.css", { method: "PURGE" })).status).toBe(405);
    expect((await get("/a.css")).headers.get("x-cache")).toBe("HIT");
    expect(origin.hits).toBe(1);
  });
});

describe("an answer to a POST", () => {
  it("is kept for GET where it says that it is what GET would give, and for how long (RFC 9110 §9.3.3)", async () => {
    const { get, origin } = await play({ methods: "all" });
    origin.answers(
      (request) =>
        new Response("made", { headers: { "cache-control": "max-age=60", "content-location": request.url } }),
    );
    await (await get("/doc", { method: "POST", body: "x" })).text();
    origin.answers(asset("made", { "cache-control": "max-age=60", "content-location": "/doc" }));
    await (await get("/doc", { method: "POST", body: "x" })).text();
    expect((await get("/doc")).headers.get("x-cache")).toBe("HIT");
    await (await get("/other", { method: "POST", body: "x" })).text();
    expect((await get("/other")).headers.get("x-cache")).toBe("MISS");
  });

  it("is asked for once, even if the connection fails, and of no other origin", async () => {
    const { originAt } = await import("../support/edge.ts");
    const second = originAt("https://second-for-post.example").answers(asset("x"));
    const { get, origin } = await play({ methods: "all", fallback_origin: "https://second-for-post.example" });
    origin.answers(() => Promise.reject(new Error("reset")));
    expect((await get("/charge", { method: "POST" })).status).toBe(502);
    expect([origin.hits, second.hits]).toEqual([1, 0]);
  });
});

describe("TRACE", () => {
  it("is refused: it would show a client what only the origin is to see", async () => {
    const { get, origin } = await play({ methods: "all", origin_headers: { "x-secret": "1" } });
    const response = await get("/doc", { method: "TRACE" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).not.toContain("TRACE");
    expect(origin.hits).toBe(0);
  });
});
