import { describe, expect, it } from "vitest";
import { OriginHealth, RETRY_MS } from "../../../src/edge/origin/origin-health.ts";

/** A location's cache, for the isolates in it. */
function location() {
  const notes = new Map<string, string>();
  let reads = 0;
  return {
    notes,
    reads: () => reads,
    read: async (key: string) => {
      reads++;
      return notes.get(key) ?? null;
    },
    write: async (key: string, text: string) => void notes.set(key, text),
  };
}

const fail = (health: OriginHealth, times: number, now = 0) =>
  Array.from({ length: times }, () => health.noteFailure("zone", "a", "origin-refused", now));

describe("OriginHealth", () => {
  it("has an origin down after three failures in a row, and up with its first answer", async () => {
    const health = new OriginHealth(location());
    expect(fail(health, 2)).toEqual([false, false]);
    health.noteAnswer("zone", "a", 0);
    expect(fail(health, 4)).toEqual([false, false, true, false]);
    expect([...(await health.downOf("zone", 1_000))]).toEqual(["a"]);
    expect(health.noteAnswer("zone", "a", 0)).toBe(true);
    expect(health.noteAnswer("zone", "a", 0)).toBe(false);
    expect((await health.downOf("zone", 1_000)).size).toBe(0);
  });

  it("tells the other isolates of its location, which ask for it once a second at most", async () => {
    const place = location();
    const [one, other] = [new OriginHealth(place), new OriginHealth(place)];
    expect((await other.downOf("zone", 1_000)).size).toBe(0);
    fail(one, 3, 1_500);
    await one.share("zone", 1_500);
    const reads = place.reads();
    expect((await other.downOf("zone", 1_999)).size, "within the second").toBe(0);
    expect([...(await other.downOf("zone", 2_000))]).toEqual(["a"]);
    await other.downOf("zone", 2_500);
    expect(place.reads() - reads).toBe(1);
    one.noteAnswer("zone", "a", 2_500);
    await one.share("zone", 2_500);
    expect((await other.downOf("zone", 3_000)).size).toBe(0);
  });

  it("has all of those that come at once know what the location says", async () => {
    const place = location();
    const [one, other] = [new OriginHealth(place), new OriginHealth(place)];
    fail(one, 3, 1_000);
    await one.share("zone", 1_000);
    const known = await Promise.all(Array.from({ length: 10 }, () => other.downOf("zone", 5_000)));
    expect(known.map(({ size }) => size)).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it("keeps what each isolate has seen, whoever tells the others last", async () => {
    const place = location();
    const [one, other, third] = [new OriginHealth(place), new OriginHealth(place), new OriginHealth(place)];
    for (const health of [one, other]) await health.downOf("zone", 1_000);
    fail(one, 3, 1_100);
    for (let count = 0; count < 3; count++) other.noteFailure("zone", "b", "origin-refused", 1_200);
    await one.share("zone", 1_100);
    await other.share("zone", 1_200);
    for (const health of [one, other, third]) {
      expect([...(await health.downOf("zone", 2_200))].sort()).toEqual(["a", "b"]);
    }
    // What was seen here is not lost to a note that was written before.
    other.noteAnswer("zone", "a", 2_300);
    await other.downOf("zone", 3_300);
    expect([...(await other.downOf("zone", 3_300))]).toEqual(["b"]);
  });

  it("lets one of all isolates try it again, each time after a while, even where another has only just begun to", async () => {
    const place = location();
    const [one, other] = [new OriginHealth(place), new OriginHealth(place)];
    fail(one, 3, 1_000);
    await one.share("zone", 1_000);
    await other.downOf("zone", 2_000);
    expect(await one.takeTrial("zone", "a", RETRY_MS)).toBe(false);
    const due = RETRY_MS + 1_000;
    expect(await Promise.all([1, 2].map(() => one.takeTrial("zone", "a", due)))).toEqual([true, false]);
    await one.share("zone", due);
    expect(other.isDue("zone", "a", due), "as far as it knows").toBe(true);
    expect(await other.takeTrial("zone", "a", due + 1)).toBe(false);
    expect(await other.takeTrial("zone", "a", due + RETRY_MS)).toBe(true);
  });

  it("goes on for itself where the cache fails, or holds what it never wrote", async () => {
    const place = location();
    const health = new OriginHealth({ ...place, read: async () => Promise.reject(new Error("disk")) });
    fail(health, 3, 1_000);
    expect((await health.downOf("zone", 5_000)).size).toBe(1);
    place.notes.set("zone", "<html>");
    expect((await new OriginHealth(place).downOf("zone", 5_000)).size).toBe(0);
  });
});
