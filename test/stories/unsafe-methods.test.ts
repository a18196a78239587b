import { describe, expect, it } from "vitest";
import { asset, play, playEdge } from "../support/edge.ts";

playEdge();

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
