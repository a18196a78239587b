import { describe, expect, it } from "vitest";
import { candidatesOf } from "../../../src/edge/origin/candidates.ts";
import { turnsOf } from "../../../src/edge/origin/failover.ts";
import type { ListedOrigin } from "../../../src/zones/origin-settings.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const listed = (...origins: (Partial<ListedOrigin> & { name: string })[]): ListedOrigin[] =>
  origins.map((origin) => ({ url: `https://${origin.name}.example`, ...origin }));

function turns(settings: Partial<ZoneSettings>, asked = "/a", down: string[] = []): (string | null)[] {
  const zone = zoneDocument(settings);
  const isDown = ({ name }: { name: string | null }) => down.includes(name ?? "");
  return turnsOf(candidatesOf(zone), zone, isDown, asked).map(({ name, base, isFallback }) =>
    isFallback ? base : name,
  );
}

describe("turnsOf()", () => {
  const three = listed({ name: "a" }, { name: "b" }, { name: "c" });

  it("goes by the order of the list where no weights are given", () => {
    for (const asked of ["/1", "/2", "/3"]) expect(turns({ origins: three }, asked)).toEqual(["a", "b", "c"]);
  });

  it("leaves out who is drained, and asks those that are down last", () => {
    expect(turns({ origins: three }, "/", ["a"])).toEqual(["b", "c", "a"]);
    expect(turns({ origins: three }, "/", ["a", "b", "c"])).toEqual(["a", "b", "c"]);
    expect(turns({ origins: listed({ name: "a", drain: true }, { name: "b" }) })).toEqual(["b"]);
  });

  it("is bounded by the zone's retries, asks a single origin again, and the fallback origin last", () => {
    expect(turns({ origins: three, failover: { retries: 1 } })).toEqual(["a", "b"]);
    expect(turns({ origins: three, failover: { retries: 0 } })).toEqual(["a"]);
    expect(turns({ failover: { retries: 2 }, fallback_origin: "https://f.example" })).toEqual([
      ...[null, null, null],
      "https://f.example",
    ]);
  });

  it("shares URLs by weight, each URL always with the same, and moves only those of who leaves", () => {
    const origins = listed({ name: "a", weight: 1 }, { name: "b", weight: 3 }, { name: "c", weight: 0 });
    const paths = Array.from({ length: 4_000 }, (_, index) => `/${index}.css`);
    const first = (down: string[] = []) => paths.map((path) => turns({ origins }, path, down)[0]);
    const before = first();
    const share = (name: string) => before.filter((one) => one === name).length / paths.length;
    expect(share("b")).toBeGreaterThan(0.72);
    expect(share("b")).toBeLessThan(0.78);
    expect(share("c")).toBe(0);
    const after = first(["a"]);
    expect(after.filter((name, index) => before[index] === "b" && name !== "b")).toEqual([]);
    expect(new Set(after)).toEqual(new Set(["b"]));
  });
});
