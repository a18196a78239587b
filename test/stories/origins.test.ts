import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { seal } from "../../src/secrets/seal.ts";
import { settingsOf } from "../../src/settings.ts";
import { type ListedOrigin, originAuthPlace } from "../../src/zones/origin-settings.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import { asset, held, type Line, type Origin, originAt, type Play, pass, play, playEdge } from "../support/edge.ts";
import { playNetwork } from "../support/locations.ts";

playEdge();

const CSS = { "Content-Type": "text/css", "Cache-Control": "max-age=60" };
const css = (body: string, more: Record<string, string> = {}) => asset(body, { ...CSS, ...more });
const refusing: Line = () => {
  throw new Error("Network connection lost.");
};
const detailOf = (answer: Response) => /detail="?([^"]*)"?$/.exec(answer.headers.get("cache-status") ?? "")?.[1];

/** A zone with several origins, each scripted. */
async function several(
  names: string[],
  more: Partial<ListedOrigin>[] = [],
  settings: Partial<ZoneSettings> = {},
): Promise<Play & { servers: Origin[] }> {
  const servers = names.map((name) => originAt(`https://${name}-${crypto.randomUUID().slice(0, 8)}.example`));
  const origins = names.map((name, index) => ({ name, url: servers[index]!.url, ...more[index] }));
  const given = await play({ origins, ...settings }, { origin: servers[0]!.url });
  return { ...given, servers };
}

describe("an origin with a path", () => {
  const below = async (settings: Partial<ZoneSettings> = {}) => {
    const url = `https://part-${crypto.randomUUID().slice(0, 8)}.example`;
    const server = originAt(url);
    return { ...(await play(settings, { origin: `${url}/site/v3` })), server };
  };

  it("is asked below it, and nobody else sees it: caches and purges know the client's paths", async () => {
    const { get, server, publish } = await below();
    server.answers(css("one"), css("two"));
    expect(await (await get("/a.css?v=1")).text()).toBe("one");
    expect(server.requests[0]!.url).toBe(`${server.url}/site/v3/a.css?v=1`);
    expect((await get("/a.css?v=1")).headers.get("x-cache")).toBe("HIT");
    await publish({ settings: { ...(await below()).zone.settings } });
    expect(await (await get("/a.css?v=1")).text()).toBe("two");
  });

  it.each(["/%2e%2e%2fsecret", "/a/..%2f..%2fsecret", "/..%5csecret", "/%252e%252e%252fsecret", "/..;/..;/secret"])(
    "is not asked for %s",
    async (path) => {
      const { get, server } = await below();
      const answer = await get(path);
      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ code: "path-outside" })]);
      expect(server.hits).toBe(0);
    },
  );

  it("has its redirects lead to the zone's paths, whether they name a host or not", async () => {
    const { get, server } = await below();
    server.answers(
      asset(null, { Location: "/site/v3/dir/" }, 301),
      asset(null, { Location: `${server.url}/site/v3/b?x=1` }, 302),
      asset(null, { Location: `${server.url}/elsewhere` }, 302),
      asset(null, { Location: "sibling" }, 302),
    );
    const led = [];
    for (const path of ["/dir", "/a", "/c", "/d"])
      led.push((await get(path, { redirect: "manual" })).headers.get("location"));
    expect(led).toEqual(["/dir/", "/b?x=1", `${server.url}/elsewhere`, "sibling"]);
  });
});

describe("several origins", () => {
  it("stand in for one another in their order, and the one that answered is told by its name, never its address", async () => {
    const { get, servers } = await several(["first", "second", "third"]);
    servers[0]!.answers(refusing);
    servers[1]!.answers(asset("down", {}, 503));
    servers[2]!.answers(css("third"));
    const answer = await get("/a.css");
    expect([answer.status, await answer.text(), detailOf(answer)]).toEqual([200, "third", "origin:third"]);
    expect(JSON.stringify([...answer.headers])).not.toContain(new URL(servers[2]!.url).hostname);
  });

  it("are not asked again for what changes something", async () => {
    const { get, servers } = await several(["first", "second"], [], { methods: "all" });
    servers[0]!.answers(asset("down", {}, 503));
    servers[1]!.answers(css("second"));
    expect((await get("/form", { method: "POST", body: "x" })).status).toBe(503);
    expect(servers[1]!.hits).toBe(0);
  });

  it("give way by the statuses that the zone chooses, and the best answer counts where none is good", async () => {
    const { get, servers } = await several(["first", "second"], [], { failover: { statuses: [404] } });
    servers[0]!.answers(asset("none", {}, 404));
    servers[1]!.answers(css("found"), refusing, asset("none either", {}, 404));
    expect(await (await get("/a.css")).text()).toBe("found");
    expect((await get("/b.css")).status).toBe(404);
    expect(await (await get("/c.css")).text()).toBe("none either");
    servers[0]!.answers(asset("down", {}, 503));
    expect((await get("/d.css")).status).toBe(503);
  });

  it("are not down for what they have not, where the zone has that asked of the next", async () => {
    const { get, servers } = await several(["old", "new"], [], { failover: { statuses: [404, "5xx"] } });
    servers[0]!.answers(asset("none", {}, 404));
    servers[1]!.answers(css("moved"));
    for (let page = 0; page < 5; page++) expect((await get(`/${page}.css`)).status).toBe(200);
    expect(servers[0]!.hits).toBe(5);
  });

  it("are spared while they are down, and asked again in the background once a while has passed", async () => {
    const { get, servers } = await several(["first", "second"]);
    const [first, second] = servers as [Origin, Origin];
    first.answers(refusing);
    second.answers(css("second"));
    for (const path of ["/1.css", "/2.css", "/3.css"]) expect((await get(path)).status).toBe(200);
    const asked = first.hits;
    expect((await get("/4.css")).status).toBe(200);
    expect(first.hits, "it is down").toBe(asked);
    pass(10);
    first.answers(css("first"));
    expect(await (await get("/5.css")).text(), "no client waits for the trial").toBe("second");
    await expect.poll(() => first.requests.at(-1)?.method).toBe("HEAD");
    await expect.poll(async () => (await get(`/${crypto.randomUUID()}.css`)).text()).toBe("first");
  });

  it("are down for what others answer better, not for what is nobody's", async () => {
    const { get, servers } = await several(["first", "second"]);
    servers[0]!.answers(asset("broken page", {}, 500));
    servers[1]!.answers(asset("broken page", {}, 500));
    for (let page = 0; page < 5; page++) await get(`/broken-${page}`);
    servers[0]!.answers(css("fine"));
    expect(await (await get("/a.css")).text()).toBe("fine");
  });

  it("are not down for clients that stop in the middle of an upload", async () => {
    const { get, servers } = await several(["first", "second"], [], {
      methods: "all",
      timeouts: { first_byte_ms: 100, idle_ms: 100 },
    });
    servers[0]!.answers(async (request) => new Response(await request.text()));
    for (let upload = 0; upload < 4; upload++) {
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(9)) });
      expect((await get("/upload", { method: "PUT", body })).status).toBe(408);
    }
    servers[0]!.answers(css("first"));
    expect(await (await get("/a.css")).text()).toBe("first");
  });

  it("get nothing while they are drained, nor while the cron's check has them down", async () => {
    const drained = await several(["first", "second"], [{ drain: true }]);
    drained.servers[1]!.answers(css("second"));
    expect(await (await drained.get("/a.css")).text()).toBe("second");
    const down = await several(["first", "second"]);
    await down.publish({ origins_down: ["first"] });
    down.servers[1]!.answers(css("second"));
    expect(await (await down.get("/a.css")).text()).toBe("second");
    expect([drained.servers[0]!.hits, down.servers[0]!.hits]).toEqual([0, 0]);
  });

  it("may be named by a rule, which has it asked first, the others behind it", async () => {
    const { get, servers } = await several(["first", "second"], [{ headers: { "x-for": "first" } }], {
      origin_headers: { "x-password": "of the first" },
      rules: [{ when: { path: "/eu/*" }, do: { origin: "second", request_headers: { "x-rule": "1" } } }],
    });
    servers[0]!.answers(css("first"));
    servers[1]!.answers(css("second"), refusing);
    expect(await (await get("/eu/a.css")).text()).toBe("second");
    expect(await (await get("/eu/b.css")).text()).toBe("first");
    const seen = servers.map(({ requests }) => requests.at(0)!.headers);
    expect(seen.map((headers) => [headers.get("x-password"), headers.get("x-for"), headers.get("x-rule")])).toEqual([
      ["of the first", "first", "1"],
      [null, null, "1"],
    ]);
  });

  it("each get their own credentials, and none of another's", async () => {
    const keyring = settingsOf(env).keyring!;
    const given = await several(["first", "second"]);
    const auths = given.servers.map(({ url }, index) => ({
      type: "bearer" as const,
      sealed: seal(`token-${index}`, originAuthPlace(given.zone.id, url), keyring),
      set_at: 0,
    }));
    const origins = given.zone.settings.origins.map((origin, index) => ({ ...origin, auth: auths[index]! }));
    await given.publish({ settings: { ...given.zone.settings, origins } });
    given.servers[0]!.answers(refusing);
    given.servers[1]!.answers(css("second"));
    await given.get("/a.css");
    const seen = given.servers.map(({ requests }) => requests[0]!.headers.get("authorization"));
    expect(seen).toEqual(["Bearer token-0", "Bearer token-1"]);
    // What was sealed for one server opens for no other.
    const swapped = origins.map((origin, index) => ({ ...origin, auth: auths[1 - index]! }));
    await given.publish({ settings: { ...given.zone.settings, origins: swapped } });
    const refused = await given.get("/b.css");
    expect([refused.status, await refused.json()]).toEqual([502, expect.objectContaining({ code: "origin-auth" })]);
  });
});

describe("a single origin", () => {
  it("is asked again as often as the zone wants, and no more", async () => {
    const { get, origin } = await play({ failover: { retries: 2 } });
    origin.answers(asset("down", {}, 503), asset("down", {}, 503), css("up"));
    expect(await (await get("/a.css")).text()).toBe("up");
    expect(origin.hits).toBe(3);
    origin.answers(asset("down", {}, 503));
    expect((await get("/b.css")).status).toBe(503);
    expect(origin.hits).toBe(6);
  });
});

describe("a zone that bounds what its origin is asked at the same time", () => {
  it("answers 503 with Retry-After above it, what is stale first, and goes on when there is room", async () => {
    const { get, origin } = await play({ origin_limit: { concurrent: 1, queue: 0 } });
    origin.answers(css("stale", { "Cache-Control": "max-age=1" }));
    await (await get("/stale.css")).text();
    pass(5);
    const { line, open } = held(() => new Response("slow", { headers: CSS }));
    origin.answers(line);
    const slow = get("/slow.css");
    await expect.poll(() => origin.hits).toBe(2);
    const refused = await get("/other.css");
    expect([refused.status, refused.headers.get("retry-after"), await refused.json()]).toEqual([
      ...[503, "1"],
      expect.objectContaining({ code: "origin-busy" }),
    ]);
    const stale = await get("/stale.css");
    expect([await stale.text(), stale.headers.get("x-cache")]).toEqual(["stale", "STALE"]);
    open();
    expect(await (await slow).text()).toBe("slow");
    expect((await get("/other.css")).status).toBe(200);
  });
});

describe("behind the upper tier", () => {
  it("origins stand in for one another, once for all locations, which are told who has answered", async () => {
    const [first, second] = ["first", "second"].map((name) =>
      originAt(`https://${name}-${crypto.randomUUID()}.example`),
    ) as [Origin, Origin];
    const origins = [
      { name: "first", url: `${first.url}/part` },
      { name: "second", url: `${second.url}/part` },
    ];
    const { ask } = await playNetwork(2, { origins }, { origin: origins[0]!.url });
    first.answers(refusing);
    second.answers(css("second"));
    const answers = [await ask(0, "/a.css"), await ask(1, "/a.css")];
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(["second", "second"]);
    expect(answers.map(detailOf)).toEqual(["origin:second", "origin:second"]);
    expect(second.requests.map(({ url }) => url)).toEqual([`${second.url}/part/a.css`]);
  });
});
