import { describe, expect, it } from "vitest";
import { Changes } from "../../../src/edge/fill/changes.ts";

describe("Changes", () => {
  it("outdate what was asked for before, of the same key alone", () => {
    const changes = new Changes();
    const [before, other, longer] = ["zone_a/a", "zone_a/b", "zone_a/a?q"].map((key) => changes.watch(key));
    expect(before!()).toBe(false);
    changes.note("zone_a/a");
    expect([before!(), other!(), longer!()]).toEqual([true, false, false]);
    expect(changes.watch("zone_a/a")()).toBe(false);
  });

  it("outdate under long keys too, of which they hold a hash", () => {
    const changes = new Changes();
    const long = `zone_a/${"x".repeat(60_000)}`;
    const [before, other] = [changes.watch(long), changes.watch(`${long}y`)];
    changes.note(long);
    expect([before(), other()]).toEqual([true, false]);
  });

  it("take all of a zone for changed whose changes are forgotten, and no other zone", () => {
    const changes = new Changes();
    const [changed, sibling, other] = ["zone_a/a", "zone_a/b", "zone_b/a"].map((key) => changes.watch(key));
    changes.note("zone_a/a");
    for (let n = 0; n < 4_000; n++) changes.note(`zone_hostile/${n}`);
    expect([changed!(), sibling!(), other!()]).toEqual([true, true, false]);
    expect(changes.watch("zone_a/a")()).toBe(false);
  });

  it("take everything for changed once the zones of forgotten changes are forgotten", () => {
    const changes = new Changes();
    const [changed, other] = ["zone_a/a", "zone_b/a"].map((key) => changes.watch(key));
    changes.note("zone_a/a");
    for (let n = 0; n < 8_000; n++) changes.note(`zone_${n}/`);
    expect([changed!(), other!()]).toEqual([true, true]);
    expect(changes.watch("zone_b/a")()).toBe(false);
  });
});
