import { describe, expect, it } from "vitest";
import { targetOf, targetWithFields } from "../../../src/edge/request/target.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../src/zones/settings.ts";

const target = (path: string, settings: Partial<ZoneSettings> = {}) =>
  targetOf(new URL(`https://z.rescdn.io${path}`), { id: "zone_1", settings: { ...DEFAULT_SETTINGS, ...settings } });

describe("targetOf()", () => {
  it.each([
    ["/a.css", "zone_1/a.css"],
    ["/a.css?b=1&a=2", "zone_1/a.css?b=1&a=2"],
    ["/x/../a.css", "zone_1/a.css"],
    ["/%61.css", "zone_1/a.css"],
    ["/a//b.css", "zone_1/a//b.css"],
    ["/a%2fb.css", "zone_1/a%2Fb.css"],
    ["", "zone_1/"],
  ])("keys %s as %s", (path, key) => {
    expect(target(path).key).toBe(key);
  });

  it.each([
    ["ignore", "zone_1/a.css"],
    ["sort", "zone_1/a.css?a=2&b=1&c=3"],
    [["c", "a"], "zone_1/a.css?a=2&c=3"],
  ] as const)("counts of the query what the rule %j says", (query, key) => {
    expect(target("/a.css?b=1&a=2&c=3", { query }).key).toBe(key);
  });

  it("knows the asset by the normalised path", () => {
    expect(target("/x/../a.c%73s?b.js").asset).toMatchObject({ type: "css" });
    expect(target("/a.css/").asset).toBeNull();
  });
});

describe("targetWithFields()", () => {
  const keyed = (headers: Record<string, string>, settings: Partial<ZoneSettings> = {}, loop: string[] = []) => {
    const zone = {
      id: "zone_1",
      settings: {
        ...DEFAULT_SETTINGS,
        forward: { ...DEFAULT_SETTINGS.forward, headers: ["x-a", "x-b"] },
        ...settings,
      },
    };
    return targetWithFields(targetOf(new URL("https://z.rescdn.io/p?q"), zone), new Headers(headers), loop, zone);
  };

  it.each([
    [{}, "zone_1/p?q"],
    [{ "x-other": "1" }, "zone_1/p?q"],
    [{ "x-a": "1" }, "zone_1~x-a=1/p?q"],
    [{ "x-b": "2", "x-a": "1" }, "zone_1~x-a=1&x-b=2/p?q"],
    [{ "x-a": "1&x-b=2" }, "zone_1~x-a=1%26x-b%3D2/p?q"],
    [{ "x-a": "/../p?q#~" }, "zone_1~x-a=%2F..%2Fp%3Fq%23~/p?q"],
    [{ "x-a": "" }, "zone_1~x-a=/p?q"],
  ])("keys %j as %s", (headers, key) => {
    expect(keyed(headers as Record<string, string>).key).toBe(key);
  });

  it("has a key of its own for each long value, and a short one", () => {
    const [one, other] = ["1", "2"].map((end) => keyed({ "x-a": "long".repeat(2_000) + end }).key);
    expect(one).not.toBe(other);
    expect(one!.length).toBeLessThan(100);
  });

  it("has the networks that a request has passed in the key, and listed headers only where nothing changes them", () => {
    expect(keyed({}, {}, ["Fastly", "a; b=1"]).key).toBe("zone_1~cdn-loop=Fastly%2C%20a%3B%20b%3D1/p?q");
    const { key, fields } = keyed({ "x-a": "1" }, { methods: "all" }, ["Fastly"]);
    expect(key).toBe("zone_1~cdn-loop=Fastly/p?q");
    expect(fields).toEqual([
      ["cdn-loop", "Fastly"],
      ["x-a", "1"],
    ]);
  });
});
