import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ownerOf, type UsageBatch } from "../../src/usage/batch.ts";
import type { Receipt } from "../../src/usage/location-meter.ts";
import { Metering, type Meters } from "../../src/usage/metering.ts";
import type { Pace } from "../../src/usage/pace.ts";
import { readUsage } from "../../src/usage/read-usage.ts";

const NOON = Date.UTC(2026, 2, 10, 12);

let zones = 0;
let background: Promise<unknown>[] = [];

beforeEach(() => {
  background = [];
  pace = {};
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  // Waiting takes a turn, and moves the clock.
  vi.spyOn(scheduler, "wait").mockImplementation(async (milliseconds) => {
    vi.setSystemTime(Date.now() + milliseconds);
    await env.ZONES.get("nothing");
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const newZone = () => {
  const id = `zone_metered_${++zones}`;
  return { id, account: `acct_${id}`, mode: "live" as const };
};

const waitUntil = (work: Promise<unknown>) => void background.push(work);

/** All that was left to `waitUntil`, and what that left in turn. */
async function settled(): Promise<void> {
  for (let done = 0; done < background.length; ) {
    const works = background.slice(done);
    done = background.length;
    await Promise.all(works);
  }
}

type Fate = "arrives" | "refused" | "unanswered";

/** What the meters say of the pace, in the place of what they would. */
let pace: Partial<Pace> = {};

/** The real meters, whose calls fail as the script says, then arrive. */
function meters(...script: Fate[]) {
  const calls: { at: number; name: string; batch: UsageBatch }[] = [];
  const binding = {
    getByName: (name: string) => ({
      async add(batch: UsageBatch, generation: number): Promise<Receipt> {
        calls.push({ at: Date.now(), name, batch: structuredClone(batch) });
        const fate = script.shift() ?? "arrives";
        if (fate === "refused") throw new Error("unreachable");
        const receipt = await env.LOCATION_METER.getByName(name).add(batch, generation);
        if (fate === "unanswered") throw new Error("the answer was lost");
        return { ...receipt, ...pace };
      },
    }),
  };
  return { calls, binding: binding as unknown as Meters };
}

async function counted({ account, mode }: ReturnType<typeof newZone>): Promise<[number, number]> {
  const query = { from: NOON, to: NOON + 3_600_000, rows: "hours", zones: null, series: null } as const;
  const { zone } = await readUsage(env, ownerOf({ account, mode }), query);
  return [zone[0]?.requests ?? 0, zone[0]?.bytes ?? 0];
}

describe("Metering", () => {
  it("takes what a second brought to the meter in one call", async () => {
    const { calls, binding } = meters();
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    for (let n = 0; n < 100; n++) metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), waitUntil);
    metering.countBytes(zone, "HIT", 200, 5, Date.now(), waitUntil);
    expect(background).toHaveLength(1);
    await settled();
    expect(calls.map(({ at }) => at)).toEqual([NOON + 1_000]);
    expect(await counted(zone)).toEqual([100, 1_005]);
  });

  it("arranges one delivery, however long ago came what is answered now", async () => {
    const { calls, binding } = meters();
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    for (const ago of [0, 25_000, 0, 40_000, 0])
      metering.countRequest(zone, "/a", "MISS", 200, 1, Date.now() - ago, waitUntil);
    expect(background).toHaveLength(1);
    await settled();
    expect(calls).toHaveLength(1);
  });

  it("makes one call for all accounts and modes", async () => {
    const { calls, binding } = meters();
    const metering = new Metering(binding, "AMS");
    const [one, two] = [newZone(), newZone()];
    for (const zone of [one, two, { ...two, id: "zone_tested", mode: "test" as const }]) {
      metering.countRequest(zone, "/a", "HIT", 200, 1, Date.now(), waitUntil);
    }
    await settled();
    expect(calls.map(({ name, batch }) => [name, batch.zones.length])).toEqual([["AMS", 3]]);
    expect(await counted(one)).toEqual([1, 1]);
    expect(await counted(two)).toEqual([1, 1]);
  });

  it("waits as long as its meter asks, and goes to another of its location's where that is full", async () => {
    pace = { intervalMs: 10_000, generation: 2 };
    const { calls, binding } = meters();
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    for (let round = 0; round < 2; round++) {
      metering.countRequest(zone, "/a", "HIT", 200, 1, Date.now(), waitUntil);
      await settled();
    }
    expect(calls.map(({ at }) => at - NOON)).toEqual([1_000, 11_000]);
    expect(calls.map(({ name }) => name)).toEqual(["AMS", expect.stringMatching(/^AMS\.[3456]$/)]);
    expect(await counted(zone)).toEqual([2, 2]);
  });

  it("brings a batch again to the meter that may have it, whatever it has learned since", async () => {
    const { calls, binding } = meters("arrives", "unanswered", "refused", "refused", "refused");
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    for (let round = 0; round < 3; round++) {
      pace = { generation: 3 * round };
      metering.countRequest(zone, "/a", "HIT", 200, 1, Date.now(), waitUntil);
      await settled();
    }
    const again = calls.filter(({ batch }) => batch.number === 2);
    expect(again).toHaveLength(5);
    expect(new Set(again.map(({ name }) => name)).size).toBe(1);
    expect(await counted(zone)).toEqual([3, 3]);
  });

  it.each<[string, Fate[], number]>([
    ["cannot be reached", ["refused"], 2],
    ["counts, and its answer is lost", ["unanswered"], 2],
    ["fails in both ways", ["refused", "unanswered", "refused"], 4],
  ])("sends a batch again, as it was, when the meter %s: it counts once", async (_, script, expected) => {
    const { calls, binding } = meters(...script);
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), waitUntil);
    await settled();
    expect(calls).toHaveLength(expected);
    for (const { batch } of calls) expect(batch).toEqual(calls[0]!.batch);
    for (let n = 1; n < calls.length; n++) expect(calls[n]!.at - calls[n - 1]!.at).toBeGreaterThanOrEqual(1_000);
    expect(await counted(zone)).toEqual([1, 10]);
  });

  it("counts on while a batch waits, and delivers it before the next when the meter is back", async () => {
    const down = Array<Fate>(4).fill("refused");
    const { calls, binding } = meters(...down);
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), waitUntil);
    await settled();
    expect(calls).toHaveLength(4);
    expect(await counted(zone)).toEqual([0, 0]);
    metering.countRequest(zone, "/a", "HIT", 200, 1, Date.now(), waitUntil);
    await settled();
    expect(await counted(zone)).toEqual([2, 11]);
    expect(calls.slice(4).map(({ batch }) => batch.number)).toEqual([
      calls[0]!.batch.number,
      calls[0]!.batch.number + 1,
    ]);
  });

  it("takes over from work that the platform has dropped", async () => {
    const { binding } = meters();
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    vi.spyOn(scheduler, "wait").mockImplementationOnce(() => new Promise(() => undefined));
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), () => undefined);
    vi.setSystemTime(NOON + 19_999);
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), waitUntil);
    expect(background).toHaveLength(0);
    vi.setSystemTime(NOON + 20_000);
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), waitUntil);
    await settled();
    expect(await counted(zone)).toEqual([3, 30]);
  });

  it("loses nothing when counts and failures mix", async () => {
    let turn = 0;
    const fates: Fate[] = ["arrives", "refused", "arrives", "unanswered", "refused"];
    const { binding } = meters(...Array.from({ length: 500 }, () => fates[(turn++ * 7 + 3) % 5]!));
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    for (let n = 0; n < 300; n++) {
      metering.countRequest(zone, `/${n}`, "MISS", 200, n, Date.now(), waitUntil);
      if (n % 10 === 0) await env.ZONES.get("nothing");
    }
    await settled();
    metering.countRequest(zone, "/last", "MISS", 200, 0, Date.now(), waitUntil);
    await settled();
    expect(await counted(zone)).toEqual([301, (299 * 300) / 2]);
  });

  it("once it drains, has each answer wait until it is counted", async () => {
    const { binding } = meters("refused");
    const metering = new Metering(binding, "AMS");
    const zone = newZone();
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), () => undefined);
    await metering.drain();
    expect(await counted(zone)).toEqual([1, 10]);
    metering.countRequest(zone, "/a", "HIT", 200, 10, Date.now(), () => undefined);
    await metering.settle?.(zone);
    expect(await counted(zone)).toEqual([2, 20]);
  });
});
