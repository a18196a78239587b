import { describe, expect, it } from "vitest";
import scale from "../../src/docs/at-scale.md?raw";
import page from "../../src/docs/costs.md?raw";
import {
  bytesKept,
  costsBefore,
  costsNow,
  costsTable,
  dayTable,
  NETWORK,
  PRICES,
  SHAPES,
  STORED_GB_MONTH,
  sumOf,
} from "../../src/docs/costs.ts";

describe("costs.md", () => {
  it("has the table that the arithmetic makes", () => {
    expect(page).toContain(`\n${costsTable()}\n`);
  });

  it("names the prices that it is made of", () => {
    for (const price of [...Object.values(PRICES), STORED_GB_MONTH]) expect(page).toContain(price.toFixed(2));
  });
});

describe("at-scale.md", () => {
  it("has the table that the arithmetic makes, of as many zones and requests as it says", () => {
    expect(scale).toContain(`\n${dayTable()}\n`);
    expect(SHAPES.reduce((sum, { zones }) => sum + zones, 0)).toBe(1_000_000);
    const requests = SHAPES.reduce((sum, { zones, requestsPerDay }) => sum + zones * requestsPerDay, 0);
    expect(requests / NETWORK.requestsPerDay).toBeCloseTo(1, 3);
  });
});

describe("what is kept of a zone in a location", () => {
  it("is as much as the pages say", () => {
    const [blog, app] = SHAPES.map((shape) => bytesKept(shape));
    expect([blog, app].map((bytes) => Math.round(bytes! / 1e5))).toEqual([3, 5]);
  });
});

describe("costs", () => {
  it.each(SHAPES)("of $name are less now than before", (shape) => {
    expect(sumOf(costsNow(shape, NETWORK))).toBeLessThan(sumOf(costsBefore(shape, NETWORK)) / 3);
  });

  it("of metering are less than half of those of the requests, down to a network of 300 million requests a day", () => {
    for (const requestsPerDay of [300e6, 1e9, 10e9, 100e9]) {
      for (const shape of SHAPES) {
        const { metering, requests } = costsNow(shape, { ...NETWORK, requestsPerDay });
        expect(metering).toBeLessThan(requests);
      }
    }
  });
});
