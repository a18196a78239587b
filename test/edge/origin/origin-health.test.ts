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
  Array.from({ length: times }, () => health.noteFailure("zone", "a", now));

describe("OriginHealth", () => {
  it("has an origin down after three failures in a row, and up with its first answer", async () => {
    const health = new OriginHealth(location());
    expect(fail(health, 2)).toEqual([false, false]);
    health.noteAnswer("zone", "a");
    expect(fail(health, 4)).toEqual([false, false, true, false]);
    expect([...(await health.downOf("zone", 1_000)).keys()]).toEqual(["a"]);
    expect(health.noteAnswer("zone", "a")).toBe(true);
    expect(health.noteAnswer("zone", "a")).toBe(false);
    expect((await health.downOf("zone", 1_000)).size).toBe(0);
  });

  it("tells the other isolates of its location, which ask for it once a second at most", async () => {
    const place = location();
    const [one, other] = [new OriginHealth(place), new OriginHealth(place)];
    expect((await other.downOf("zone", 1_000)).size).toBe(0);
    fail(one, 3, 1_500);
    await one.share("zone");
    expect((await other.downOf("zone", 1_999)).size, "within the second").toBe(0);
    expect([...(await other.downOf("zone", 2_000))]).toEqual([["a", 1_500]]);
    await other.downOf("zone", 2_500);
    expect(place.reads()).toBe(2);
    one.noteAnswer("zone", "a");
    await one.share("zone");
    expect((await other.downOf("zone", 3_000)).size).toBe(0);
  });

  it("lets one of all isolates try it again, each time after a while", async () => {
    const place = location();
    const [one, other] = [new OriginHealth(place), new OriginHealth(place)];
    fail(one, 3, 1_000);
    await one.share("zone");
    await other.downOf("zone", 2_000);
    expect(one.takeTrial("zone", "a", RETRY_MS)).toBe(false);
    expect(one.takeTrial("zone", "a", RETRY_MS + 1_000)).toBe(true);
    await one.share("zone");
    await other.downOf("zone", RETRY_MS + 1_000);
    expect(other.takeTrial("zone", "a", RETRY_MS + 1_001)).toBe(false);
    expect(other.takeTrial("zone", "a", 2 * RETRY_MS + 1_000)).toBe(true);
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
