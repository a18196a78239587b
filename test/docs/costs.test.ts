import { describe, expect, it } from "vitest";
import page from "../../src/docs/costs.md?raw";
import { costsBefore, costsNow, costsTable, NETWORK, PRICES, SHAPES, sumOf } from "../../src/docs/costs.ts";

describe("costs.md", () => {
  it("has the table that the arithmetic makes", () => {
    expect(page).toContain(`\n${costsTable()}\n`);
  });

  it("names the prices that it is made of", () => {
    for (const price of Object.values(PRICES)) expect(page).toContain(price.toFixed(2));
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
