import { describe, expect, it, vi } from "vitest";
import { jsonOfEvents } from "../../src/request-log/tail/event-text.ts";
import { IsolateRates } from "../../src/request-log/tail/isolate-rates.ts";
import { PreparedFilter } from "../../src/request-log/tail/tail-filter.ts";
import { MOST_A_SECOND, type TailBatch, type TailPace } from "../../src/request-log/tail/tail-protocol.ts";
import { TailSender } from "../../src/request-log/tail/tail-sender.ts";

const NOW = Date.parse("2026-11-22T10:00:00Z");
const asked = { status: 200, cache: "HIT", path: "/a.css" };

describe("PreparedFilter", () => {
  it.each([
    [{}, true],
    [{ status: ["2xx"] }, true],
    [{ status: ["5xx", "404"] }, false],
    [{ status: ["404", "200"] }, true],
    [{ cache: ["MISS", "HIT"] }, true],
    [{ cache: ["MISS"] }, false],
    [{ path: "/*.css" }, true],
    [{ path: "/b*" }, false],
    [{ path: "/%61.css" }, true],
    [{ status: ["2xx"], cache: ["HIT"], path: "/b*" }, false],
  ])("%j lets a plain hit of /a.css pass: %s", (filter, passes) => {
    expect(new PreparedFilter(filter).matches(asked)).toBe(passes);
  });
});

describe("IsolateRates", () => {
  it("leaves nothing out up to the bound, whoever brings how much of it", () => {
    const rates = new IsolateRates();
    rates.note({ isolate: "a", matched: MOST_A_SECOND - 10, ms: 1_000 }, NOW);
    rates.note({ isolate: "b", matched: 5, ms: 500 }, NOW);
    expect(rates.pace(NOW).fraction).toBe(1);
  });

  it("above it gives each isolate the same share, and forgets those that are silent", () => {
    const rates = new IsolateRates();
    for (const isolate of ["a", "b", "c", "d"]) rates.note({ isolate, matched: MOST_A_SECOND, ms: 1_000 }, NOW);
    expect(rates.pace(NOW).fraction).toBe(0.25);
    rates.note({ isolate: "a", matched: 100, ms: 1_000 }, NOW + 11_000);
    expect(rates.pace(NOW + 11_000).fraction).toBe(1);
  });

  it("lets no object be called more than two hundred times a second", () => {
    const rates = new IsolateRates();
    for (let isolate = 0; isolate < 600; isolate++) rates.note({ isolate: `${isolate}`, matched: 1, ms: 1_000 }, NOW);
    expect(rates.pace(NOW).intervalMs).toBe(3_000);
    expect(new IsolateRates().pace(NOW).intervalMs).toBe(500);
  });
});

describe("TailSender", () => {
  const event = JSON.stringify({ id: "req_1" });
  const pace = (change: Partial<TailPace> = {}): TailPace => ({
    until: NOW + 3_600_000,
    fraction: 1,
    most: 1_000,
    intervalMs: 500,
    filters: [{ id: "1" }],
    ...change,
  });

  function play(...answers: (TailPace | null | Error)[]) {
    const batches: TailBatch[] = [];
    const take = async (batch: TailBatch) => {
      batches.push(batch);
      const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const announced = { zone: "zone_1", until: NOW + 60_000, fraction: 1 };
    const sender = new TailSender("zone_1", { isolate: "i", location: "FRA" }, () => ({ take }), announced);
    /** So many requests; how many of them are told of. */
    const ask = (count: number, request = asked) => {
      let told = 0;
      for (let number = 0; number < count; number++) {
        if (!sender.wants(request, NOW, () => undefined)) continue;
        told++;
        sender.add(event);
      }
      return told;
    };
    return { sender, batches, ask };
  }

  it("tells of the very share that it is told to, and counts what it leaves out", async () => {
    const { sender, batches, ask } = play(
      pace({ fraction: 0.25, filters: [{ id: "1" }, { id: "2", cache: ["MISS"] }] }),
    );
    await sender.deliver();
    expect(ask(1_000)).toBe(250);
    await sender.deliver();
    expect(batches[1]).toMatchObject({ matched: 1_000, omitted: { "1": 750 } });
    expect(batches[1]!.events).toMatchObject([{ to: ["1"], count: 250 }]);
    expect(jsonOfEvents(batches[1]!.events[0]!.bytes)).toEqual(Array.from({ length: 250 }, () => event));
  });

  it("tells nothing of what passes no filter, and tells that it is there all the same", async () => {
    const { sender, batches, ask } = play(pace({ filters: [{ id: "1", status: ["5xx"] }] }));
    await sender.deliver();
    expect(ask(10)).toBe(0);
    expect(ask(2, { ...asked, status: 502 })).toBe(2);
    await sender.deliver();
    expect(batches[1]).toMatchObject({ matched: 2, omitted: {} });
  });

  it("holds no more than a batch, whatever comes", async () => {
    const { sender, batches, ask } = play(pace({ most: 50 }));
    await sender.deliver();
    expect(ask(80)).toBe(50);
    await sender.deliver();
    expect(batches[1]!.omitted).toEqual({ "1": 30 });
  });

  it("holds no more than four megabytes, however long what clients ask for is", async () => {
    const { sender, batches } = play(pace());
    await sender.deliver();
    let told = 0;
    for (let count = 0; count < 100; count++) {
      if (!sender.wants(asked, NOW, () => undefined)) continue;
      told++;
      sender.add(JSON.stringify({ path: "x".repeat(100_000) }));
    }
    await sender.deliver();
    expect(told).toBe(42);
    expect(batches[1]).toMatchObject({ matched: 100, omitted: { "1": 58 }, events: [{ count: 42 }] });
  });

  it("counts as left out what could not be told", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const { sender, batches, ask } = play(new Error("away"), pace());
    ask(7);
    await sender.deliver();
    await sender.deliver();
    expect(batches[1]!.omitted).toEqual({ "": 7 });
    vi.restoreAllMocks();
  });

  it("rests where nobody listens, until that is announced anew", async () => {
    const { sender } = play(null);
    await sender.deliver();
    expect(sender.isActive(Date.now())).toBe(false);
    sender.learn({ zone: "zone_1", until: Date.now() + 60_000, fraction: 1 }, true);
    expect(sender.isActive(Date.now())).toBe(true);
  });
});
