import { afterEach, describe, expect, it, vi } from "vitest";
import { loggable, reportStoreFailure } from "../../../src/edge/cache/report.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("loggable()", () => {
  it.each([
    ["zone_1/a.css", "zone_1/a.css"],
    ["zone_1/a.css?", "zone_1/a.css"],
    ["zone_1/a.css?signature=x?y", "zone_1/a.css"],
    ["zone_1~x-token=a%2Fb/a~b.css?c", "zone_1/a~b.css"],
  ])("of %j is %j", (key, shown) => {
    expect(loggable(key)).toBe(shown);
  });
});

describe("reportStoreFailure()", () => {
  it("logs what failed without the query", () => {
    const log = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    reportStoreFailure("zone_1/a.css?signature=x")(new Error("away"));
    expect(log.mock.calls).toEqual([
      ['{"level":"warn","event":"store_failed","key":"zone_1/a.css","error":"Error: away"}'],
    ]);
  });
});
