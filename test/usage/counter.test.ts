import { describe, expect, it } from "vitest";
import { Counter } from "../../src/usage/counter.ts";

const HOUR = Date.UTC(2026, 2, 1, 10);
const live = { id: "zone_live", account: "acct_1", mode: "live" } as const;
const other = { id: "zone_other", account: "acct_1", mode: "live" } as const;
const test = { id: "zone_test", account: "acct_1", mode: "test" } as const;

describe("Counter", () => {
  it("adds up requests and bytes by zone, hour, cache status and status class", () => {
    const counter = new Counter();
    const owner = counter.countRequest(live, "/a", "HIT", 200, 100, HOUR);
    counter.countRequest(live, "/a", "HIT", 206, 10, HOUR + 3_599_999);
    counter.countRequest(live, "/b", "MISS", 404, 5, HOUR);
    counter.countRequest(live, "/a", "HIT", 200, 1, HOUR + 3_600_000);
    counter.countRequest(other, "/c", "BYPASS", 502, 7, HOUR);
    expect(counter.close(owner, "isolate", "AMS")).toEqual({
      source: "isolate",
      number: 1,
      pop: "AMS",
      zones: [
        {
          zone: "zone_live",
          hour: HOUR,
          lines: [
            ["HIT", 2, 2, 110],
            ["MISS", 4, 1, 5],
          ],
          paths: {
            floor: 0,
            paths: [
              ["/a", 2, 0],
              ["/b", 1, 0],
            ],
          },
        },
        {
          zone: "zone_live",
          hour: HOUR + 3_600_000,
          lines: [["HIT", 2, 1, 1]],
          paths: { floor: 0, paths: [["/a", 1, 0]] },
        },
        { zone: "zone_other", hour: HOUR, lines: [["BYPASS", 5, 1, 7]], paths: { floor: 0, paths: [["/c", 1, 0]] } },
      ],
    });
  });

  it("counts bytes that come after their answer's batch to the answer's hour, without another request", () => {
    const counter = new Counter();
    const owner = counter.countRequest(live, "/a", "MISS", 200, 0, HOUR);
    counter.acknowledge(owner, counter.close(owner, "isolate", "AMS")!);
    const later = counter.countBytes(live, "MISS", 200, 1_000, HOUR);
    expect(counter.close(later, "isolate", "AMS")?.zones).toEqual([
      { zone: "zone_live", hour: HOUR, lines: [["MISS", 2, 0, 1_000]], paths: { floor: 0, paths: [] } },
    ]);
  });

  it("counts an origin's failures by their words, in zones and hours without a request as well", () => {
    const counter = new Counter();
    const owner = counter.countFailure(live, "origin-dns", HOUR);
    counter.countFailure(live, "origin-timeout", HOUR);
    counter.countFailure(live, "origin-dns", HOUR + 1);
    counter.countFailure(live, "origin-dns", HOUR + 3_600_000);
    const failures = counter.close(owner, "i", "P")?.zones.map((zone) => [zone.hour, zone.lines, zone.failures]);
    expect(failures).toEqual([
      [
        HOUR,
        [],
        [
          ["origin-dns", 2],
          ["origin-timeout", 1],
        ],
      ],
      [HOUR + 3_600_000, [], [["origin-dns", 1]]],
    ]);
  });

  it("keeps live and test zones of an account apart", () => {
    const counter = new Counter();
    const owner = counter.countRequest(live, "/a", "HIT", 200, 1, HOUR);
    const tester = counter.countRequest(test, "/a", "HIT", 200, 1, HOUR);
    expect(counter.close(owner, "i", "P")?.zones.map(({ zone }) => zone)).toEqual(["zone_live"]);
    expect(counter.close(tester, "i", "P")?.zones.map(({ zone }) => zone)).toEqual(["zone_test"]);
  });

  it("gives the same batch, unchanged, until it is acknowledged, and counts on beside it", () => {
    const counter = new Counter();
    const owner = counter.countRequest(live, "/a", "HIT", 200, 1, HOUR);
    const first = counter.close(owner, "i", "P")!;
    const copy = structuredClone(first);
    counter.countRequest(live, "/a", "HIT", 200, 2, HOUR);
    expect(counter.close(owner, "i", "P")).toBe(first);
    expect(first).toEqual(copy);
    counter.acknowledge(owner, first);
    const second = counter.close(owner, "i", "P")!;
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.zones[0]?.lines).toEqual([["HIT", 2, 1, 2]]);
    counter.acknowledge(owner, first);
    expect(counter.close(owner, "i", "P")).toBe(second);
  });

  it("has nothing to deliver when nothing was counted since", () => {
    const counter = new Counter();
    const owner = counter.countRequest(live, "/a", "HIT", 200, 1, HOUR);
    counter.acknowledge(owner, counter.close(owner, "i", "P")!);
    expect(counter.close(owner, "i", "P")).toBeNull();
    expect(counter.owners()).toEqual([]);
  });

  it("holds a bounded number of paths, however many are asked for and whatever is not delivered", () => {
    const counter = new Counter();
    const batchOf = (account: string) => {
      for (let zone = 0; zone < 200; zone++) {
        const known = { id: `${account}_${zone}`, account, mode: "live" } as const;
        for (let path = 0; path < 100; path++) counter.countRequest(known, `/${path}`, "HIT", 200, 1, HOUR);
      }
      return counter.close(counter.ownerOf({ account, mode: "live" })!, "i", "P")!;
    };
    const [first, second] = [batchOf("a"), batchOf("b")];
    const held = (batch: typeof first) => batch.zones.reduce((sum, { paths }) => sum + paths.paths.length, 0);
    expect(held(first) + held(second)).toBe(8_192);
    expect(second.zones[0]?.lines).toEqual([["HIT", 2, 100, 100]]);
    expect(second.zones[0]?.paths).toEqual({ floor: 100, paths: [] });
    counter.acknowledge(counter.ownerOf({ account: "a", mode: "live" })!, first);
    expect(held(batchOf("c"))).toBe(8_192);
  });
});
