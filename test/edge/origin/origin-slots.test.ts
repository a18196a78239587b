import { describe, expect, it } from "vitest";
import { OriginSlots } from "../../../src/edge/origin/origin-slots.ts";

const LONG = { concurrent: 2, queue: 2, wait_ms: 60_000 };

describe("OriginSlots", () => {
  it("lets as many run as the zone allows, and those that wait in their order", async () => {
    const slots = new OriginSlots();
    const [one, two] = [await slots.take("z", LONG, 0), await slots.take("z", LONG, 0)];
    const order: string[] = [];
    const third = slots.take("z", LONG, 0).then((end) => [order.push("third"), end] as const);
    const fourth = slots.take("z", LONG, 0).then((end) => [order.push("fourth"), end] as const);
    expect(await slots.take("z", LONG, 0), "the queue is full").toBe(null);
    expect(await slots.take("another zone", LONG, 0)).not.toBe(null);
    one!();
    one!();
    const [, endOfThird] = await third;
    expect(order).toEqual(["third"]);
    two!();
    endOfThird!();
    const [, endOfFourth] = await fourth;
    endOfFourth!();
    expect(order).toEqual(["third", "fourth"]);
    expect(slots.size).toBe(1);
  });

  it("sends away who has waited for too long, and gives his place to the next", async () => {
    const slots = new OriginSlots();
    const limit = { concurrent: 1, queue: 5, wait_ms: 5 };
    const running = await slots.take("z", limit, 0);
    expect(await Promise.all([slots.take("z", limit, 0), slots.take("z", limit, 0)])).toEqual([null, null]);
    running!();
    expect(slots.size).toBe(0);
    expect(await slots.take("z", limit, 0)).not.toBe(null);
  });

  it("takes back what the platform ended without a word", async () => {
    const slots = new OriginSlots();
    const limit = { concurrent: 1, queue: 0 };
    await slots.take("z", limit, 0);
    expect(await slots.take("z", limit, 600_000)).toBe(null);
    expect(await slots.take("z", limit, 600_001)).not.toBe(null);
  });
});
