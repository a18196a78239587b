import { describe, expect, it } from "vitest";
import { buildPurgeLog, type Purge } from "../../src/zones/purge/purge-log.ts";
import { pathTarget } from "../../src/zones/purge/purge-target.ts";
import { asset, held, type Play, pass, play, playEdge } from "../support/edge.ts";

playEdge();

/** Publishes a zone with one purge more. */
async function purge(zone: Play, kind: Purge["kind"], value: string, soft = false): Promise<void> {
  const version = zone.zone.version + 1;
  await zone.publish({ purges: buildPurgeLog([{ kind, value, soft, version, at: Date.now() }]) });
}

async function filled(paths: string[], headers: Record<string, string> = {}): Promise<Play> {
  const zone = await play();
  zone.origin.answers((request) => new Response(new URL(request.url).pathname, { headers }));
  for (const path of paths) await (await zone.get(path)).text();
  return zone;
}

async function xCache(zone: Play, path: string): Promise<string | null> {
  const response = await zone.get(path);
  await response.text();
  return response.headers.get("x-cache");
}

describe("a purge", () => {
  it("of a path makes exactly the next request for it reach the origin, whatever its query", async () => {
    const zone = await filled(["/a.css", "/a.css?v=2", "/b.css"]);
    await purge(zone, "path", "/a.css");
    expect(await xCache(zone, "/a.css")).toBe("MISS");
    expect(await xCache(zone, "/a.css")).toBe("HIT");
    expect(await xCache(zone, "/a.css?v=2")).toBe("MISS");
    expect(await xCache(zone, "/b.css")).toBe("HIT");
  });

  it("of a path with a query leaves other queries", async () => {
    const zone = await filled(["/a.css?v=1", "/a.css?v=2"]);
    await purge(zone, "url", "/a.css?v=2");
    expect(await xCache(zone, "/a.css?v=1")).toBe("HIT");
    expect(await xCache(zone, "/a.css?v=2")).toBe("MISS");
  });

  it("of what a browser shows takes the object that the zone's rule for queries makes of it, and the origin sees no more", async () => {
    const query = { except: ["utm_*", "fbclid"] };
    const zone = await play({ query });
    zone.origin.answers(asset("a"));
    const spelled = ["/a.css?v=1", "/a.css?utm_source=x&v=1", "/a.css?v=1&fbclid=y&utm_medium=z"];
    for (const path of spelled) await (await zone.get(path)).text();
    await (await zone.get("/a.css?v=2&utm_source=x")).text();
    expect(zone.origin.requests.map(({ url }) => new URL(url).search)).toEqual(["?v=1", "?v=2"]);
    const host = `${zone.zone.name}.rescdn.io`;
    const verdict = pathTarget(`https://${host}/a.css?utm_campaign=q&v=1#top`, { query, hosts: [host] });
    if (!verdict.ok) throw new Error(verdict.reason);
    await purge(zone, verdict.target.kind, verdict.target.value);
    expect(await xCache(zone, spelled[1]!)).toBe("MISS");
    for (const path of spelled) expect(await xCache(zone, path)).toBe("HIT");
    expect(await xCache(zone, "/a.css?v=2")).toBe("HIT");
  });

  it("of a prefix takes all below it", async () => {
    const zone = await filled(["/v1/a.css", "/v1/deep/b.css", "/v2/a.css"]);
    await purge(zone, "prefix", "/v1/");
    expect(await xCache(zone, "/v1/a.css")).toBe("MISS");
    expect(await xCache(zone, "/v1/deep/b.css")).toBe("MISS");
    expect(await xCache(zone, "/v2/a.css")).toBe("HIT");
  });

  it.each([
    ["Cache-Tag", "red, blue"],
    ["Surrogate-Key", "red blue"],
  ])("of a tag takes all that the origin marked with it in %s, which clients do not see", async (header, value) => {
    const zone = await filled(["/a.css"], { [header]: value });
    expect((await zone.get("/a.css")).headers.get(header)).toBeNull();
    await purge(zone, "tag", "green");
    expect(await xCache(zone, "/a.css")).toBe("HIT");
    await purge(zone, "tag", "blue");
    expect(await xCache(zone, "/a.css")).toBe("MISS");
  });

  it("of everything takes everything, also what had no purge of its own", async () => {
    const zone = await filled(["/a.css", "/b/c.woff2"]);
    await purge(zone, "everything", "");
    expect(await xCache(zone, "/a.css")).toBe("MISS");
    expect(await xCache(zone, "/b/c.woff2")).toBe("MISS");
  });

  it("that is soft leaves a stale copy for when the origin is down", async () => {
    const zone = await filled(["/a.css"], { etag: '"1"' });
    await purge(zone, "path", "/a.css", true);
    zone.origin.answers(asset("down", {}, 503));
    const stale = await zone.get("/a.css");
    expect(await stale.text()).toBe("/a.css");
    expect(stale.headers.get("x-cache")).toBe("STALE");
    pass(3);
    zone.origin.answers(asset(null, {}, 304));
    expect(await xCache(zone, "/a.css")).toBe("REVALIDATED");
    expect(zone.origin.requests.at(-1)!.headers.get("if-none-match")).toBe('"1"');
    expect(await xCache(zone, "/a.css")).toBe("HIT");
  });

  it("catches a fill that was in flight when it came", async () => {
    const zone = await play();
    const { line, open } = held(() => new Response("old"));
    zone.origin.answers(line, asset("new"));
    const inFlight = zone.get("/a.css").then((response) => response.text());
    await expect.poll(() => zone.origin.hits).toBe(1);
    await purge(zone, "path", "/a.css");
    open();
    expect(await inFlight).toBe("old"); // it was asked before the purge
    await expect.poll(async () => (await zone.get("/a.css")).text()).toBe("new");
    expect(await xCache(zone, "/a.css")).toBe("HIT");
    expect(zone.origin.hits).toBe(2);
  });
});
