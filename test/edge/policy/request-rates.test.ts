import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClientRates } from "../../../src/edge/policy/client-rates.ts";
import { RequestRates } from "../../../src/edge/policy/request-rates.ts";

describe("RequestRates", () => {
  it("lets the next request pass when it said it would, and not a second sooner", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 4_000 }), { maxLength: 60 }),
        (limit, gaps) => {
          const rates = new RequestRates();
          let now = 1_000_000;
          for (const gap of gaps) {
            now += gap;
            const wait = rates.take("a", limit, now);
            if (wait === null) continue;
            expect(wait).toBeGreaterThanOrEqual(1);
            if (wait > 1) expect(rates.take("a", limit, now + (wait - 1) * 1_000 - 1)).not.toBe(null);
            now += wait * 1_000;
            expect(rates.take("a", limit, now)).toBe(null);
          }
        },
      ),
    );
  });

  it("lets no more than about the limit pass within any ten seconds, and never twice as many", () => {
    const rates = new RequestRates();
    const passed: number[] = [];
    for (let now = 0; now < 120_000; now += 50) if (rates.take("a", 20, now) === null) passed.push(now);
    for (const start of passed) {
      const within = passed.filter((at) => at >= start && at < start + 10_000).length;
      expect(within).toBeLessThanOrEqual(30);
    }
    expect(passed.length).toBeGreaterThan(12 * 20 * 0.6);
  });

  it("holds nobody up for longer because the clock has been set back, and forgets nothing for a request that was held up", () => {
    const rates = new RequestRates();
    const hour = 3_600_000;
    expect(rates.take("a", 1, 2 * hour)).toBe(null);
    expect(rates.take("a", 1, 2 * hour - 5_000)).not.toBe(null);
    expect(rates.take("a", 1, hour)).toBe(null);
    expect(rates.take("a", 1, hour + 1)).not.toBe(null);
  });

  it("remembers a bounded number of clients", () => {
    const rates = new RequestRates();
    expect(rates.take("first", 1, 0)).toBe(null);
    expect(rates.take("first", 1, 1)).not.toBe(null);
    for (let i = 0; i < 20_000; i++) rates.take(`client ${i}`, 1, 2);
    expect(rates.take("first", 1, 3)).toBe(null);
  });
});

describe("ClientRates", () => {
  it("asks the least of Cloudflare's limits that lets as many pass, and none where the isolate refuses", async () => {
    const asked: string[] = [];
    const limitOf = (requests: number, success: boolean) => ({
      requests,
      binding: {
        async limit({ key }: { key: string }) {
          asked.push(`${requests} ${key}`);
          return { success };
        },
      },
    });
    const rates = new ClientRates((address) => address, [limitOf(50, true), limitOf(200, false)]);
    expect(await rates.take("z", "192.0.2.1", 2, 0)).toBe(null);
    expect(await rates.take("z", "192.0.2.1", 2, 0)).toBe(null);
    expect(rates.take("z", "192.0.2.1", 2, 0)).toBeGreaterThan(0);
    expect(await rates.take("z", "192.0.2.1", 51, 0)).toBe(10);
    expect(rates.take("z", "192.0.2.1", 1_000, 0)).toBe(null);
    expect(rates.take("z", null, 1, 0)).toBe(null);
    expect(asked).toEqual(["50 z 192.0.2.1", "50 z 192.0.2.1", "200 z 192.0.2.1"]);
  });
});
