import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { seal } from "../../src/secrets/seal.ts";
import { settingsOf } from "../../src/settings.ts";
import { ownerOf } from "../../src/usage/batch.ts";
import { readUsage } from "../../src/usage/read-usage.ts";
import { originAuthPlace } from "../../src/zones/origin-settings.ts";
import { call, newCustomer, newZone } from "../support/control-plane.ts";
import { asset, type Line, originAt, pass, play, playEdge } from "../support/edge.ts";
import { playNetwork } from "../support/locations.ts";

playEdge();
beforeEach(() => {
  // What is counted leaves for the meter at once; waiting for another delivery takes a turn.
  vi.spyOn(scheduler, "wait").mockImplementation(async () => void (await env.ZONES.get("nothing")));
  vi.spyOn(console, "error").mockImplementation(() => undefined);
});

/** What origins were asked, how many of them answered, and the bytes of the bodies that they sent. */
interface Seen {
  requests: number;
  answers: number;
  bytes: number;
}

let accounts = 0;
const alone = () => ({ account: `acct_origins_${++accounts}` });
const fresh = { etag: '"1"', "cache-control": "max-age=10" };
const ranged = { headers: { range: "bytes=0-3" } };
const part = (body: string, where: string) => asset(body, { ...fresh, "content-range": where }, 206);
const refusing: Line = () => {
  throw new Error("Network connection lost.");
};

/** Holds what is counted for an account to what its origins have seen. */
async function expectCounted(owner: string, seen: Seen): Promise<void> {
  const query = { from: 0, to: Date.UTC(2100, 0), rows: "hours", zones: null, series: null } as const;
  await vi.waitFor(
    async () => {
      const { pop } = await readUsage(env, owner, query);
      const { requests = 0, bytes = 0, firstByte = [] } = pop[0]?.origin ?? {};
      const answers = firstByte.reduce((sum, [, count]) => sum + count, 0);
      expect({ requests, answers, bytes }).toEqual(seen);
    },
    { timeout: 5_000 },
  );
}

describe("origin_requests and origin_bytes are what the origin saw", () => {
  it("of a miss that many wait for, a hit, a HEAD, and something stale that is renewed in the background", async () => {
    const { get, origin, zone } = await play({ stale_while_revalidate: 60 }, alone());
    origin.answers(asset("0123456789", fresh));
    await Promise.all([1, 2, 3].map(async () => (await get("/a.css")).text()));
    await (await get("/a.css")).text();
    await get("/b.css", { method: "HEAD" });
    expect(origin.hits).toBe(2);
    pass(20);
    await (await get("/a.css")).text();
    await expect.poll(() => origin.hits).toBe(3);
    await expectCounted(ownerOf(zone), { requests: 3, answers: 3, bytes: 20 });
  });

  it("of parts, and of the whole where a part cannot be read", async () => {
    const { get, origin, zone } = await play({}, alone());
    origin.answers(part("0123", "bytes 0-3/9000000"), part("234", "nonsense"), asset("0123456789", fresh));
    expect((await (await get("/a.mp4", ranged)).text()).length).toBe(4);
    await (await get("/b.mp4", ranged)).text();
    expect(origin.hits).toBe(3);
    await expectCounted(ownerOf(zone), { requests: 3, answers: 3, bytes: 14 });
  });

  it("of what is passed on: other methods, preflights, and what must not be stored", async () => {
    const { get, origin, zone } = await play({ methods: "all", cors: false }, alone());
    origin.answers(asset("0123456789", fresh));
    await (await get("/a", { method: "POST", body: "x" })).text();
    await (await get("/a", { method: "OPTIONS", headers: { "access-control-request-method": "PUT" } })).text();
    await (await get("/a.css", { headers: { "cache-control": "no-store" } })).text();
    await expectCounted(ownerOf(zone), { requests: origin.hits, answers: 3, bytes: 30 });
    expect(origin.hits).toBe(3);
  });

  it("of servers that fail before another one answers, each try of each", async () => {
    const [first, second] = ["first", "second"].map((name) =>
      originAt(`https://${name}-${crypto.randomUUID()}.example`),
    );
    const origins = [
      { name: "first", url: first!.url },
      { name: "second", url: second!.url },
    ];
    const { get, zone } = await play({ origins, fallback_origin: "https://spare-of-usage.example" }, alone());
    const spare = originAt("https://spare-of-usage.example").answers(asset("spare", fresh));
    first!.answers(refusing);
    second!.answers(asset("down", {}, 503));
    expect(await (await get("/a.css")).text()).toBe("spare");
    // A connection that breaks is tried once more. What another one answers better is not read to its end.
    expect([first!.hits, second!.hits, spare.hits]).toEqual([2, 1, 1]);
    await expectCounted(ownerOf(zone), { requests: 4, answers: 2, bytes: 5 });
  });

  it("of a private bucket that has to be asked again by its own clock", async () => {
    const { get, origin, zone, publish } = await play({}, alone());
    const sealed = seal("secret", originAuthPlace(zone.id, origin.url), settingsOf(env).keyring!);
    const auth = { type: "s3", region: "eu-west-1", access_key_id: "AKIA", sealed, set_at: 0 } as const;
    await publish({ settings: { ...zone.settings, origin_auth: auth } });
    const skewed = "<Error><Code>RequestTimeTooSkewed</Code></Error>";
    origin.answers(
      asset(skewed, { "content-type": "application/xml", date: new Date(Date.now() + 3_600_000).toUTCString() }, 403),
      asset("0123456789", fresh),
    );
    expect((await get("/a.css")).status).toBe(200);
    expect(origin.hits).toBe(2);
    await expectCounted(ownerOf(zone), { requests: 2, answers: 2, bytes: 10 + skewed.length });
  });

  it("of the upper tier, in the place of the locations that it answers; of the locations where it is not asked or fails", async () => {
    const { ask, origin, zone, cache } = await playNetwork(3, {}, alone());
    origin.answers(
      asset("0123456789", { ...fresh, "content-length": "10" }),
      asset("of a length that nobody says", fresh),
      asset(null, fresh, 304),
    );
    for (const location of [0, 1, 2]) await (await ask(location, "/a.css")).text();
    for (const location of [0, 1, 2]) await (await ask(location, "/b.css")).text();
    expect(origin.hits).toBe(2);
    await expectCounted(ownerOf(zone), { requests: 2, answers: 2, bytes: 38 });
    pass(20);
    for (const location of [0, 1, 2]) await (await ask(location, "/a.css")).text();
    const validated = origin.hits;
    await expectCounted(ownerOf(zone), { requests: validated, answers: validated, bytes: 38 });
    origin.answers(asset("0123456789", fresh));
    cache.isDown = true;
    for (const location of [0, 1, 2]) await (await ask(location, "/c.css")).text();
    expect(origin.hits).toBe(validated + 3);
    await expectCounted(ownerOf(zone), { requests: origin.hits, answers: origin.hits, bytes: 68 });
  });

  it("of a prefetch, and of the visitor behind it, who needs none", async () => {
    vi.setSystemTime(Date.now() + 3_600_000);
    const customer = await newCustomer();
    const origin = originAt(`https://prefetched-${crypto.randomUUID()}.example`).answers(asset("0123456789", fresh));
    const zone = await newZone(customer.live, { origin: origin.url });
    const order = { zone: zone.id, paths: ["/a.css", "/b.css"] };
    await call("/v1/prefetch", { method: "POST", key: customer.live, body: order });
    await runDurableObjectAlarm(env.PREFETCHER.getByName(zone.id));
    await expect.poll(() => origin.hits).toBe(2);
    await (await exports.default.fetch(`http://${zone.name}.rescdn.localhost/a.css`)).text();
    await expectCounted(`${customer.account}:live`, { requests: 2, answers: 2, bytes: 20 });
  });

  it("of files in a bucket of the deployment, which is a zone's origin as a server is", async () => {
    const customer = await newCustomer();
    const zone = await newZone(customer.live, { origin: "r2://files" });
    const headers = { "content-type": "text/css", "content-length": "6" };
    await call(`/v1/zones/${zone.id}/files/a.css`, { method: "PUT", key: customer.live, body: "body{}", headers });
    const get = (path: string) => exports.default.fetch(`http://${zone.name}.rescdn.localhost${path}`);
    for (let n = 0; n < 2; n++) expect(await (await get("/a.css")).text()).toBe("body{}");
    await expectCounted(`${customer.account}:live`, { requests: 1, answers: 1, bytes: 6 });
  });
});
