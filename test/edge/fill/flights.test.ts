import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Flight, Flights } from "../../../src/edge/fill/flights.ts";
import type { OriginFailure } from "../../../src/edge/origin/origin.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const PATIENCE_MS = 20_000;
const failure: OriginFailure = { status: 502, reason: "origin-unreachable" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Begins a flight, and gives what ends it. */
function begin(flights: Flights, key: string): { flight: Flight; end: () => Promise<void> } {
  const flight = new Flight(key, PATIENCE_MS, flights.watch(key.split("\n", 1)[0]!));
  const done = Promise.withResolvers<void>();
  flights.begin(flight, done.promise);
  return {
    flight,
    async end() {
      done.resolve();
      await done.promise;
    },
  };
}

/** Lands a flight; what it teaches is known when this returns. */
async function land(flight: Flight, landing: Parameters<Flight["land"]>[0]): Promise<void> {
  flight.land(landing);
  await flight.landing;
}

describe("Flights", () => {
  it("have the first of a key waited for until it is done, and the next one after it has landed", async () => {
    const flights = new Flights();
    const first = begin(flights, "k");
    begin(flights, "k");
    expect(flights.waitable("k", NOON)).toBe(first.flight);
    await land(first.flight, { kind: "broken" });
    const third = begin(flights, "k");
    expect(flights.waitable("k", NOON)).toBe(third.flight);
    await first.end();
    expect(flights.waitable("k", NOON)).toBe(third.flight);
    await third.end();
    expect(flights.waitable("k", NOON)).toBeNull();
  });

  it("have nobody wait for one whose request must be gone", () => {
    const flights = new Flights();
    begin(flights, "k");
    vi.setSystemTime(NOON + PATIENCE_MS);
    expect(flights.isFlying("k")).toBe(true);
    vi.setSystemTime(NOON + PATIENCE_MS + 1);
    expect(flights.isFlying("k")).toBe(false);
    expect(flights.waitable("k", Date.now())).toBeNull();
    const next = begin(flights, "k");
    expect(flights.waitable("k", Date.now())).toBe(next.flight);
  });

  it("of a changed resource are outdated however late they are, and however many others have begun since", () => {
    const flights = new Flights();
    const { flight } = begin(flights, "zone_a/doc");
    for (let n = 0; n < 1_001; n++) begin(flights, `zone_b/${n}`);
    vi.setSystemTime(NOON + PATIENCE_MS + 1);
    begin(flights, "zone_b/another");
    flights.outdate("zone_a/doc");
    expect(flight.isOutdated).toBe(true);
    expect(begin(flights, "zone_a/doc").flight.isOutdated).toBe(false);
  });

  it("have the next one of the key waited for in the place of one that a slow client holds up", () => {
    const flights = new Flights();
    const first = begin(flights, "k").flight;
    first.isHeldUp = true;
    expect([flights.waitable("k", NOON), flights.isFlying("k")]).toEqual([null, false]);
    const next = begin(flights, "k").flight;
    expect(flights.waitable("k", NOON)).toBe(next);
  });

  it("count the first landing only", async () => {
    const { flight } = begin(new Flights(), "k");
    flight.land({ kind: "unshared" });
    flight.land({ kind: "failed", failure });
    expect(await flight.landing).toEqual({ kind: "unshared" });
  });

  it("remember a failure for 2 s, or until the key's next landing", async () => {
    const flights = new Flights();
    await land(begin(flights, "k").flight, { kind: "failed", failure });
    expect(flights.recentFailure("k", NOON + 1_999)).toBe(failure);
    expect(flights.recentFailure("k", NOON + 2_000)).toBeNull();
    expect(flights.recentFailure("other", NOON)).toBeNull();
    await land(begin(flights, "k").flight, { kind: "broken" });
    expect(flights.recentFailure("k", NOON)).toBeNull();
  });

  it("hold nothing that is over once they hold something new", async () => {
    const flights = new Flights();
    await land(begin(flights, "k").flight, { kind: "failed", failure });
    await land(begin(flights, "k").flight, { kind: "unshared" });
    await land(begin(flights, "l").flight, { kind: "failed", failure });
    vi.setSystemTime(NOON + 2_000);
    await land(begin(flights, "m").flight, { kind: "failed", failure });
    await land(begin(flights, "m").flight, { kind: "unshared" });
    expect([flights.recentFailure("l", NOON), flights.isUnshared("k", NOON)]).toEqual([null, false]);
  });

  it("remember the failure of those who sent the same alone", async () => {
    const flights = new Flights();
    await land(begin(flights, "/a\nx-evil:1").flight, { kind: "failed", failure });
    expect(flights.recentFailure("/a\nx-evil:1", NOON)).toBe(failure);
    expect(flights.recentFailure("/a", NOON)).toBeNull();
    expect(flights.recentFailure("/a\nx-evil:2", NOON)).toBeNull();
  });

  it("have nobody wait for 2 s for what could not be shared", async () => {
    const flights = new Flights();
    await land(begin(flights, "k").flight, { kind: "unshared" });
    const next = begin(flights, "k");
    expect(flights.isUnshared("k", NOON + 1_999)).toBe(true);
    expect(flights.waitable("k", NOON + 1_999)).toBeNull();
    expect(flights.waitable("k", NOON + 2_000)).toBe(next.flight);
  });

  it("of a changed resource are outdated in all its variants, those beside the first too, and no other's", () => {
    const flights = new Flights();
    const [first, beside, variant] = ["/a", "/a", "/a\naccept:x\n"].map((key) => begin(flights, key).flight);
    const [longer, query] = ["/ab", "/a?q"].map((key) => begin(flights, key).flight);
    flights.outdate("/a");
    expect([first, beside, variant].map((flight) => flight!.isOutdated)).toEqual([true, true, true]);
    expect([longer, query].map((flight) => flight!.isOutdated)).toEqual([false, false]);
    expect(flights.waitable("/a", NOON)).toBeNull();
    expect(flights.waitable("/ab", NOON)).toBe(longer);
  });

  it("forget the oldest of more than 1,000 failures", async () => {
    const flights = new Flights();
    for (let n = 0; n <= 1_000; n++) await land(begin(flights, `k${n}`).flight, { kind: "failed", failure });
    expect(flights.recentFailure("k0", NOON)).toBeNull();
    expect(flights.recentFailure("k1", NOON)).toBe(failure);
    expect(flights.recentFailure("k1000", NOON)).toBe(failure);
  });
});
