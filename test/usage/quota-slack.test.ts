import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { levelOf } from "../../src/usage/quota.ts";
import { exceeds, type Slack, slackOf } from "../../src/usage/quota-slack.ts";

const quotaOf = (requests: number | null) => ({ requests, bytes: null });
const usedOf = (requests: number) => ({ requests, bytes: 0 });

/** Meters that count one by one as they are asked, and tell as their slack says. */
class Meters {
  readonly #quota: number;
  readonly #meters: { used: number; told: number; slack: Slack }[];
  calls = 0;

  constructor(quota: number, count: number) {
    this.#quota = quota;
    const slack = slackOf(usedOf(0), quotaOf(quota), count);
    this.#meters = Array.from({ length: count }, () => ({ used: 0, told: 0, slack }));
  }

  get told(): number {
    return this.#meters.reduce((sum, { told }) => sum + told, 0);
  }

  get used(): number {
    return this.#meters.reduce((sum, { used }) => sum + used, 0);
  }

  count(at: number, requests: number): void {
    const meter = this.#meters[at]!;
    meter.used += requests;
    if (!exceeds(usedOf(meter.used - meter.told), meter.slack)) return;
    meter.told = meter.used;
    meter.slack = slackOf(usedOf(this.told), quotaOf(this.#quota), this.#meters.length);
    this.calls++;
  }
}

describe("slackOf()", () => {
  it("has one meter notice 80 % and all of a quota with the batch that reaches it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 3_000 })),
        (quota, counts) => {
          const meters = new Meters(quota, 1);
          for (const requests of counts) {
            meters.count(0, requests);
            const noticed = levelOf(usedOf(meters.told), quotaOf(quota));
            expect(noticed).toBe(levelOf(usedOf(meters.used), quotaOf(quota)));
          }
        },
      ),
    );
  });

  it("has 300 meters notice it before 2 % of the quota more, however they hold back", () => {
    const quota = 10_000_000;
    const meters = new Meters(quota, 300);
    const { requests: most } = slackOf(usedOf(0), quotaOf(quota), 300);
    for (let at = 1; at < 300; at++) meters.count(at, most!);
    expect(meters.calls).toBe(0);
    while (levelOf(usedOf(meters.told), quotaOf(quota)) !== "reached") meters.count(0, 100);
    expect(meters.used).toBeLessThanOrEqual(quota * 1.02);
  });

  it("costs few calls: with 300 meters, less than one for a hundred requests of a free account's month", () => {
    const meters = new Meters(10_000_000, 300);
    for (let n = 0; meters.used < 10_000_000; n++) meters.count(n % 300, 100);
    expect(meters.calls).toBeLessThan(100_000);
  });

  it("asks for nothing where no quota binds, or it is reached", () => {
    expect(slackOf(usedOf(5), quotaOf(null), 1)).toEqual({ requests: null, bytes: null });
    expect(slackOf(usedOf(5), quotaOf(5), 1)).toEqual({ requests: null, bytes: null });
    expect(exceeds(usedOf(1e15), { requests: null, bytes: null })).toBe(false);
  });
});
