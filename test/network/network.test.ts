import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { Network } from "./network.ts";
import { zipf } from "./seeded.ts";
import { type Site, tagOf } from "./site.ts";

/** `npm run network` (1,000 purges) for what is measured; the gate has one for each of ten sites, two of each kind. */
const PURGES = Number(env.NETWORK ?? 10);
/** On a machine that runs the whole gate at once everything takes longer, and there is no time in the world that stands still. */
const SLOWER = env.NETWORK === undefined ? 2 : 1;
/** The locations share one machine: at half the speed, what it takes them is half as much of what is measured. */
const RATE = env.NETWORK === undefined ? 1 : 0.5;
/** When what was changed is no longer answered as it was, anywhere, ms after the change was answered. */
const MOST_MS = env.NETWORK === undefined ? 6_000 : 5_000;
/** When the locations are asked for what has changed, ms after the change was answered. */
const PROBES = [500, 1_000, 1_500, 2_000, 2_500, 3_000, 4_000, MOST_MS];
/** How many zones, and how many names, change at the same time. */
const AT_ONCE = env.NETWORK === undefined ? { sites: 10, names: 6 } : { sites: 20, names: 12 };
/** Of how many objects locations ask at random: of so few in the gate that some of its few requests are for one that is known. */
const OBJECTS = env.NETWORK === undefined ? 100 : 500;
const LOCATIONS = 12;
const KV_LAG_MS = 60_000;
const HAS_COPIES = env.NETWORK_COPIES !== "0";
const SEED = Number(env.NETWORK_SEED ?? 20_261_128);
/** How often something is ended at a random moment. */
const KILLS = env.NETWORK === undefined ? 6 : 30;
/** For how long counts that a meter asked for may be on their way: there and back, once more, and behind the batch before, ms. */
const ON_THE_WAY_MS = 3_500 * SLOWER;
const LONG = { timeout: 60_000 + PURGES * 2_500 };

let network: Network;
afterEach(() => {
  network.stop();
});

const start = (change: Partial<Parameters<typeof Network.start>[0]> = {}) =>
  Network.start({
    locations: LOCATIONS,
    isolates: 1,
    rate: RATE,
    kvLag: KV_LAG_MS,
    hasTier: true,
    hasCopies: HAS_COPIES,
    seed: SEED,
    ...change,
  });

const everywhere = Array.from({ length: LOCATIONS }, (_, location) => location);

/** Has all locations know a zone and some of its objects. */
async function warm(site: Site, paths: readonly string[]): Promise<void> {
  await Promise.all(everywhere.flatMap((location) => paths.map((path) => network.ask(location, site, path))));
}

describe("the network", () => {
  it.each([
    ["with the upper tier", true, 1],
    ["without", false, 24],
  ])(
    "of 12 locations with 2 isolates each, all asking at once for one object, asks its origin %s",
    LONG,
    async (_, hasTier, times) => {
      network = await start({ hasTier, isolates: 2 });
      const site = await network.site();
      await Promise.all(
        everywhere.flatMap((at) => [0, 1].map((isolate) => network.ask(at, site, "/warm.js", isolate))),
      );
      site.asked = 0;
      const asking = everywhere.flatMap((at) => [0, 1].map((isolate) => network.ask(at, site, "/a.js", isolate)));
      expect(new Set((await Promise.all(asking)).map(({ version }) => version))).toEqual(new Set([1]));
      expect(site.asked).toBe(times);
      const usage = await usageByLocation();
      expect(usage.map(({ counted }) => counted)).toEqual(usage.map(({ answered }) => answered));
      await expect.poll(async () => (await network.call("GET", "/v1/usage")).origin_requests).toBe(network.asked);
    },
  );

  it("asks origins for a small share of what it asks them without the upper tier", LONG, async () => {
    const requests = PURGES * 50;
    const shares: number[] = [];
    for (const hasTier of [true, false]) {
      network = await start({ hasTier, rate: 8 });
      const site = await network.site();
      await warm(site, ["/warm.js"]);
      site.asked = 0;
      const next = zipf(OBJECTS, network.between.random);
      for (let asked = 0; asked < requests; asked += LOCATIONS)
        await Promise.all(everywhere.map((at) => network.ask(at, site, `/object-${next()}.js`)));
      shares.push(site.asked / requests);
      if (hasTier) network.stop();
    }
    console.log(JSON.stringify({ requests, withTier: shares[0], withoutTier: shares[1] }));
    expect(shares[0]!).toBeLessThan(shares[1]! / 2);
  });

  it(
    "answers nothing that was purged once five seconds have passed, of whatever kind the purge is, with KV a minute behind",
    LONG,
    async () => {
      network = await start();
      const late = await purges(AT_ONCE.sites, PURGES, PROBES);
      console.log(JSON.stringify({ purges: late.length, nodes: LOCATIONS, ...spread(late) }));
      expect(Math.max(...late)).toBeLessThan(MOST_MS);
      expect(percentile(late, 0.99)).toBeLessThanOrEqual(3_000 * SLOWER);
    },
  );

  it(
    "answers nothing of a record or of a namespace as it was before a change once five seconds have passed, with KV a minute behind",
    LONG,
    async () => {
      network = await start();
      const changes = Math.max(6, PURGES / 2.5);
      const late = await recordChanges(AT_ONCE.names, changes, PROBES);
      console.log(JSON.stringify({ changes: late.length, ...spread(late) }));
      expect(Math.max(...late)).toBeLessThan(MOST_MS);
      expect(percentile(late, 0.99)).toBeLessThanOrEqual(3_000 * SLOWER);
    },
  );

  it(
    "answers nothing that was purged once 65 seconds have passed while the feed of changes is down",
    LONG,
    async () => {
      network = await start({ rate: 8 });
      const sites = await sitesOf(4);
      await Promise.all(sites.map((site) => warm(site, PATHS)));
      network.between.feedIsDown = true;
      const late = await Promise.all(
        sites.map((site, index) => purgeAndProbe(site, KINDS[index]!, [5_000, 20_000, 40_000, 55_000, 65_000, 70_000])),
      );
      console.log(JSON.stringify({ feed: "down", ...spread(late) }));
      expect(Math.max(...late)).toBeLessThan(65_000);
      expect(Math.max(...late)).toBeGreaterThan(0);
    },
  );

  it(
    "loses nothing that was acknowledged, counts nothing twice and shows no client an error, whatever is ended at whatever moment",
    LONG,
    async () => {
      network = await start();
      const { between, locations, clock } = network;
      const sites = await sitesOf(4);
      await Promise.all(sites.map((site) => warm(site, PATHS)));
      let isOver = false;
      let kills = 0;
      const ending = (async () => {
        while (!isOver || kills < KILLS) {
          await clock.wait(300 + between.random() * 700);
          const [publisher] = [env.ZONE_PUBLISHER.getByName(sites[kills % sites.length]!.name)];
          const victims = [
            async () => {
              const killed = Math.floor(between.random() * LOCATIONS);
              locations[killed]!.kill();
              // One that begins while KV is down knows no zone at all.
              await Promise.all(sites.map((site) => network.ask(killed, site, "/a.js")));
            },
            () => end(publisher),
            () => end(env.CHANGE_FEED.getByName("zones")),
            () => end(env.LOCATION_METER.getByName(locations[kills % LOCATIONS]!.colo)),
            () => end(env.USAGE_METER.getByName(`${network.account}:live`)),
            async () => {
              between.cache.isDown = true;
              await clock.wait(800);
              between.cache.isDown = false;
            },
            async () => {
              between.kv.isDown = true;
              await clock.wait(800);
              between.kv.isDown = false;
            },
          ];
          await victims[kills++ % victims.length]!();
        }
      })();
      const late: number[] = [];
      for (let n = 0; n < Math.max(1, PURGES / 40); n++)
        late.push(
          ...(await Promise.all(
            sites.map((site, index) =>
              purgeAndProbe(site, KINDS[(n + index) % KINDS.length]!, [1_000, 2_500, 4_000, 6_000, 8_000]),
            ),
          )),
        );
      isOver = true;
      await ending;
      const usage = await usageByLocation();
      const sum = (of: (one: (typeof usage)[number]) => number) => usage.reduce((all, one) => all + of(one), 0);
      const answered = sum((one) => one.answered);
      const lost = answered - sum((one) => one.counted);
      const mayBeLost = sum((one) => one.mayBeLost);
      console.log(JSON.stringify({ kills, purges: late.length, ...spread(late), answered, lost, mayBeLost }));
      expect(Math.max(...late)).toBeLessThan(8_000);
      for (const { counted, answered, mayBeLost } of usage) {
        expect(counted).toBeLessThanOrEqual(answered);
        expect(counted).toBeGreaterThanOrEqual(answered - mayBeLost);
      }
    },
  );
});

/** Ends an object wherever it is, if it is anywhere. */
async function end(object: DurableObjectStub<Rpc.DurableObjectBranded>): Promise<void> {
  await evictDurableObject(object).catch((error: unknown) => {
    if (!String(error).includes("not currently running")) throw error;
  });
}

/** What usage says of each location when all that is alive has brought its counts, beside what its clients were answered. */
async function usageByLocation() {
  const { locations } = network;
  await Promise.all(locations.map((location) => location.drain()));
  const { by_pop } = await network.call("GET", "/v1/usage");
  const counted = new Map((by_pop as { pop: string; requests: number }[]).map(({ pop, requests }) => [pop, requests]));
  return locations.map((location) => ({
    counted: counted.get(location.colo) ?? 0,
    answered: location.answered,
    mayBeLost: location.mayLose(ON_THE_WAY_MS),
  }));
}

const PATHS = ["/a.js", "/img/b.png", "/c.css?v=1"];
const KINDS = ["path", "url", "prefix", "tag", "everything"] as const;
type Kind = (typeof KINDS)[number];

function targetOf(kind: Kind): { path: string; purge: Record<string, unknown> } {
  switch (kind) {
    case "path":
      return { path: "/a.js", purge: { paths: ["/a.js"] } };
    case "url":
      return { path: "/c.css?v=1", purge: { paths: ["/c.css?v=1"] } };
    case "prefix":
      return { path: "/img/b.png", purge: { prefixes: ["/img/"] } };
    case "tag":
      return { path: "/a.js", purge: { tags: [tagOf("/a.js")] } };
    case "everything":
      return { path: "/img/b.png", purge: { everything: true } };
  }
}

/** Changes an object, purges it in the same breath, and gives when the old one was last answered: ms after the purge was. */
async function purgeAndProbe(site: Site, kind: Kind, probes: readonly number[]): Promise<number> {
  const { path, purge } = targetOf(kind);
  await Promise.all(everywhere.map((location) => network.ask(location, site, path)));
  const version = site.change(path);
  await network.call("POST", "/v1/purge", { zone: site.name, ...purge });
  const answeredAt = network.clock.now;
  let last = 0;
  for (const probe of probes) {
    await network.clock.wait(Math.max(0, answeredAt + probe - network.clock.now));
    const askedAt = network.clock.now - answeredAt;
    const answers = await Promise.all(everywhere.map((location) => network.ask(location, site, path)));
    if (answers.some((answer) => answer.version < version)) last = askedAt;
  }
  return last;
}

async function purges(sites: number, count: number, probes: readonly number[]): Promise<number[]> {
  const made = await sitesOf(sites);
  await Promise.all(made.map((site) => warm(site, PATHS)));
  const each = Math.ceil(count / sites);
  const late = await Promise.all(
    made.map(async (site, index) => {
      const own: number[] = [];
      for (let n = 0; n < each; n++) own.push(await purgeAndProbe(site, KINDS[(index + n) % KINDS.length]!, probes));
      return own;
    }),
  );
  return late.flat();
}

/** Changes records and who may read them, and gives when each was last answered as it was: ms after the change was answered. */
async function recordChanges(names: number, count: number, probes: readonly number[]): Promise<number[]> {
  const made = await Promise.all(Array.from({ length: names }, () => network.record()));
  const each = Math.ceil(count / names);
  const late = await Promise.all(
    made.map(async (record, index) => {
      const own: number[] = [];
      for (let n = 0; n < each; n++) {
        const seen = await Promise.all(everywhere.map((at) => network.resolve(at, record.name)));
        const change = (index + n) % 2 === 0 ? record.change() : record.show(!record.isPublic);
        await change;
        const answeredAt = network.clock.now;
        let last = 0;
        for (const probe of probes) {
          await network.clock.wait(Math.max(0, answeredAt + probe - network.clock.now));
          const askedAt = network.clock.now - answeredAt;
          const answers = await Promise.all(everywhere.map((at) => network.resolve(at, record.name)));
          if (answers.some((answer) => answer !== record.answer)) last = askedAt;
        }
        if (seen.every((answer) => answer === record.answer)) throw new Error("nothing has changed for readers");
        own.push(last);
      }
      return own;
    }),
  );
  return late.flat();
}

function sitesOf(count: number): Promise<Site[]> {
  return Promise.all(Array.from({ length: count }, () => network.site()));
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;
}

/** When the old object was last answered, ms after the answer to the purge. */
function spread(late: readonly number[]) {
  const at = (share: number) => Math.round(percentile(late, share));
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), most: Math.round(Math.max(...late)) };
}
