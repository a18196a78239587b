import { describe, expect, it } from "vitest";
import type { UsageBatch } from "../../src/usage/batch.ts";
import { Counter } from "../../src/usage/counter.ts";

const HOUR = Date.UTC(2026, 2, 1, 10);
const live = { id: "zone_live", account: "acct_1", mode: "live" } as const;
const other = { id: "zone_other", account: "acct_1", mode: "live" } as const;
const test = { id: "zone_test", account: "acct_1", mode: "test" } as const;

describe("Counter", () => {
  it("adds up requests and bytes by zone, hour, cache status and status class", () => {
    const counter = new Counter();
    counter.countRequest(live, "/a", "HIT", 200, 100, HOUR);
    counter.countRequest(live, "/a", "HIT", 206, 10, HOUR + 3_599_999);
    counter.countRequest(live, "/b", "MISS", 404, 5, HOUR);
    counter.countRequest(live, "/a", "HIT", 200, 1, HOUR + 3_600_000);
    counter.countRequest(other, "/c", "BYPASS", 502, 7, HOUR);
    expect(counter.close("isolate")).toEqual({
      source: "isolate",
      number: 1,
      zones: [
        {
          owner: "acct_1:live",
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
          owner: "acct_1:live",
          zone: "zone_live",
          hour: HOUR + 3_600_000,
          lines: [["HIT", 2, 1, 1]],
          paths: { floor: 0, paths: [["/a", 1, 0]] },
        },
        {
          owner: "acct_1:live",
          zone: "zone_other",
          hour: HOUR,
          lines: [["BYPASS", 5, 1, 7]],
          paths: { floor: 0, paths: [["/c", 1, 0]] },
        },
      ],
    });
  });

  it("counts bytes that come after their answer's batch to the answer's hour, without another request", () => {
    const counter = new Counter();
    counter.countRequest(live, "/a", "MISS", 200, 0, HOUR);
    counter.acknowledge(counter.close("isolate")!);
    counter.countBytes(live, "MISS", 200, 1_000, HOUR);
    expect(counter.close("isolate")?.zones).toEqual([
      {
        owner: "acct_1:live",
        zone: "zone_live",
        hour: HOUR,
        lines: [["MISS", 2, 0, 1_000]],
        paths: { floor: 0, paths: [] },
      },
    ]);
  });

  it("counts an origin's failures by their words, in zones and hours without a request as well", () => {
    const counter = new Counter();
    counter.countFailure(live, "origin-dns", HOUR);
    counter.countFailure(live, "origin-timeout", HOUR);
    counter.countFailure(live, "origin-dns", HOUR + 1);
    counter.countFailure(live, "origin-dns", HOUR + 3_600_000);
    const failures = counter.close("i")?.zones.map((zone) => [zone.hour, zone.lines, zone.failures]);
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

  it("keeps live and test zones of an account apart, and accounts, in one batch", () => {
    const counter = new Counter();
    for (const zone of [live, test, { id: "zone_b", account: "acct_2", mode: "live" } as const]) {
      counter.countRequest(zone, "/a", "HIT", 200, 1, HOUR);
    }
    expect(counter.close("i")?.zones.map(({ owner, zone }) => [owner, zone])).toEqual([
      ["acct_1:live", "zone_live"],
      ["acct_1:test", "zone_test"],
      ["acct_2:live", "zone_b"],
    ]);
  });

  it("counts what origins were asked, how long they took to their first byte, and their bytes", () => {
    const counter = new Counter();
    counter.countOrigin(live, 0, HOUR);
    counter.countOrigin(live, 100, HOUR);
    counter.countOrigin(live, 102, HOUR + 1);
    counter.countOrigin(live, null, HOUR);
    counter.countOriginBytes(live, 500, HOUR);
    counter.countRequest(other, "/a", "HIT", 200, 1, HOUR);
    const [asked, hit] = counter.close("i")!.zones;
    expect(asked?.origin).toEqual({
      requests: 4,
      bytes: 500,
      firstByte: [
        [0, 1],
        [49, 2],
      ],
    });
    expect(hit).not.toHaveProperty("origin");
  });

  it("gives the same batch, unchanged, until it is acknowledged, and counts on beside it", () => {
    const counter = new Counter();
    counter.countRequest(live, "/a", "HIT", 200, 1, HOUR);
    const first = counter.close("i")!;
    const copy = structuredClone(first);
    counter.countRequest(live, "/a", "HIT", 200, 2, HOUR);
    expect(counter.close("i")).toBe(first);
    expect(first).toEqual(copy);
    counter.acknowledge(first);
    const second = counter.close("i")!;
    expect(second.number).toBeGreaterThan(first.number);
    expect(second.zones[0]?.lines).toEqual([["HIT", 2, 1, 2]]);
    counter.acknowledge(first);
    expect(counter.close("i")).toBe(second);
  });

  it("has nothing to deliver when nothing was counted since", () => {
    const counter = new Counter();
    counter.countRequest(live, "/a", "HIT", 200, 1, HOUR);
    counter.acknowledge(counter.close("i")!);
    expect(counter.close("i")).toBeNull();
  });

  it("holds a bounded number of paths, however many are asked for and whatever is not delivered", () => {
    const counter = new Counter();
    const batchOf = (account: string) => {
      for (let zone = 0; zone < 200; zone++) {
        const known = { id: `${account}_${zone}`, account, mode: "live" } as const;
        for (let path = 0; path < 100; path++) counter.countRequest(known, `/${path}`, "HIT", 200, 1, HOUR);
      }
    };
    const held = (batch: UsageBatch) => batch.zones.reduce((sum, { paths }) => sum + paths.paths.length, 0);
    batchOf("a");
    const first = counter.close("i")!;
    batchOf("b");
    expect(held(first)).toBe(8_192);
    counter.acknowledge(first);
    const second = counter.close("i")!;
    expect(held(second)).toBe(0);
    expect(second.zones[0]?.lines).toEqual([["HIT", 2, 100, 100]]);
    expect(second.zones[0]?.paths).toEqual({ floor: 100, paths: [] });
    counter.acknowledge(second);
    batchOf("c");
    expect(held(counter.close("i")!)).toBe(8_192);
  });
});
