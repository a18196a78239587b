import { describe, expect, it } from "vitest";
import { asset, originAt, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

const NONE = { headers: [], cookies: false, authorization: false };
const WITH_ADDRESS = { forward: { ...NONE, client_ip: true } };
const [ONE, OTHER] = ["198.51.100.7", "2001:db8::1"] as const;

/** A request of a client with an address. */
const by = (address: string, headers: Record<string, string> = {}) => ({
  headers: { "cf-connecting-ip": address, ...headers },
});
const seenBy = ({ origin }: Play) => origin.requests.map(({ headers }) => headers.get("x-forwarded-for"));

describe("forward.client_ip", () => {
  it("shows the origin the address that a client has, not one that it states", async () => {
    const zone = await play(WITH_ADDRESS);
    zone.origin.answers(asset("x", { "cache-control": "no-store" }));
    await zone.get("/a", by(ONE, { "x-forwarded-for": "203.0.113.9", forwarded: "for=203.0.113.9" }));
    await zone.get("/b", by("2001:DB8:0::1", { "x-forwarded-for": "203.0.113.9" }));
    await zone.get("/c", { headers: { "x-forwarded-for": "203.0.113.9" } });
    await zone.get("/d", by("nonsense", { "x-forwarded-for": "203.0.113.9" }));
    expect(seenBy(zone)).toEqual([ONE, OTHER, null, null]);
    expect(zone.origin.requests.every(({ headers }) => !headers.has("forwarded"))).toBe(true);
  });

  it("is off by default, and beside all headers as well", async () => {
    for (const forward of [NONE, { ...NONE, headers: "all" as const }]) {
      const zone = await play({ forward });
      zone.origin.answers(asset("x"));
      await zone.get("/a", by(ONE, { "x-forwarded-for": "203.0.113.9" }));
      expect(seenBy(zone)).toEqual([null]);
    }
  });

  it("goes along with an unsafe method and its body", async () => {
    const zone = await play({ ...WITH_ADDRESS, methods: "all" });
    zone.origin.answers(async (request) => new Response(await request.text()));
    const sent = { method: "POST", body: "hello", ...by(ONE, { "content-type": "text/plain" }) };
    expect(await (await zone.get("/form", sent)).text()).toBe("hello");
    expect(seenBy(zone)).toEqual([ONE]);
  });

  it("shares one answer among all addresses, unless it varies on X-Forwarded-For", async () => {
    const zone = await play(WITH_ADDRESS);
    zone.origin.answers(asset("x"));
    await (await zone.get("/a.css", by(ONE))).text();
    const given = await zone.get("/a.css", by(OTHER));
    expect([await given.text(), given.headers.get("x-cache")]).toEqual(["x", "HIT"]);

    zone.origin.answers((request) => {
      const headers = { vary: "X-Forwarded-For", "cache-control": "max-age=60" };
      return new Response(request.headers.get("x-forwarded-for"), { headers });
    });
    const ask = async (address: string) => {
      const answer = await zone.get("/place", by(address, { "x-forwarded-for": ONE }));
      return [await answer.text(), answer.headers.get("x-cache")];
    };
    expect([await ask(ONE), await ask(OTHER), await ask(ONE), await ask(OTHER)]).toEqual([
      [ONE, "MISS"],
      [OTHER, "MISS"],
      [ONE, "HIT"],
      [OTHER, "HIT"],
    ]);
  });

  it("has nobody wait for, or fail with, a client of another address", async () => {
    const zone = await play(WITH_ADDRESS);
    const held = Promise.withResolvers<void>();
    zone.origin.answers(async (request) => {
      if (request.headers.get("x-forwarded-for") === ONE) {
        await held.promise;
        throw new Error("reset");
      }
      return new Response("x", { headers: { "cache-control": "no-store" } });
    });
    const slow = zone.get("/a.css", by(ONE));
    await expect.poll(() => zone.origin.hits).toBe(1);
    expect((await zone.get("/a.css", by(OTHER))).status).toBe(200);
    held.resolve();
    expect((await slow).status).toBe(502);
    expect((await zone.get("/a.css", by(OTHER))).status).toBe(200);
  });

  it.each<[status: number, says: Record<string, string>, isShared: boolean]>([
    [403, { "cache-control": "max-age=600" }, false],
    [429, { "cache-control": "max-age=600" }, false],
    [503, { "cache-control": "max-age=600" }, false],
    [451, { expires: "Sun, 22 Nov 2026 11:00:00 GMT" }, false],
    [403, { "cache-control": "public, max-age=600" }, true],
    [403, { "cache-control": "s-maxage=600" }, true],
    [403, { "cdn-cache-control": "max-age=600" }, true],
    [404, {}, true],
  ])(
    "shares an error that may be about the address only if the origin says so: %i %j",
    async (status, says, isShared) => {
      const zone = await play(WITH_ADDRESS);
      zone.origin.answers((request) =>
        request.headers.get("x-forwarded-for") === ONE
          ? new Response("blocked", { status, headers: says })
          : new Response("x", { headers: { "cache-control": "max-age=600" } }),
      );
      const blocked = await zone.get("/a", by(ONE));
      expect([blocked.status, await blocked.text()]).toEqual([status, "blocked"]);
      if (!isShared) expect(blocked.headers.get("cache-status")).toContain("detail=client-ip");
      pass(1);
      expect((await zone.get("/a", by(OTHER))).status).toBe(isShared ? status : 200);
    },
  );

  it("has an answer of the fallback origin for one client alone", async () => {
    const second = originAt("https://second-for-an-address.example").answers(asset("spare"));
    const zone = await play({ ...WITH_ADDRESS, fallback_origin: second.url });
    zone.origin.answers((request) =>
      request.headers.get("x-forwarded-for") === ONE ? new Response("down", { status: 503 }) : new Response("x"),
    );
    expect(await (await zone.get("/a.css", by(ONE))).text()).toBe("spare");
    expect(await (await zone.get("/a.css", by(OTHER))).text()).toBe("x");
  });
});
