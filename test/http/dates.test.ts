import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatHttpDate, parseHttpDate } from "../../src/http/dates.ts";

const sample = Date.UTC(1994, 10, 6, 8, 49, 37);

describe("parseHttpDate() reads", () => {
  it.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT", sample],
    ["Sunday, 06-Nov-94 08:49:37 GMT", sample],
    ["Sun Nov  6 08:49:37 1994", sample],
    ["Tue, 19 Jan 2038 14:14:08 GMT", Date.UTC(2038, 0, 19, 14, 14, 8)],
    ["Sun, 21 Nov 2286 04:46:39 GMT", Date.UTC(2286, 10, 21, 4, 46, 39)],
    ["Thursday, 18-Aug-50 02:01:18 GMT", Date.UTC(2050, 7, 18, 2, 1, 18)],
    ["Thu Aug  8 02:01:18 2050", Date.UTC(2050, 7, 8, 2, 1, 18)],
    ["THU, 18 Aug 2050 02:01:18 GMT", Date.UTC(2050, 7, 18, 2, 1, 18)],
    ["Thu, 18 AUG 2050 02:01:18 GMT", Date.UTC(2050, 7, 18, 2, 1, 18)],
    ["Thu, 18 Aug 2050 02:01:18 gMT", Date.UTC(2050, 7, 18, 2, 1, 18)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
    ["Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ])("%j", (value, expected) => {
    expect(parseHttpDate(value)).toBe(expected);
  });

  it.each([
    ["76", 2026, 2076],
    ["77", 2026, 1977],
    ["99", 2026, 1999],
    ["00", 2026, 2000],
    ["10", 2098, 2110],
    ["98", 2098, 2098],
    ["94", 1994, 1994],
  ])("the two digits %s in %i as %i", (digits, current, year) => {
    const value = `Monday, 01-Jan-${digits} 00:00:00 GMT`;
    expect(parseHttpDate(value, Date.UTC(current, 5))).toBe(Date.UTC(year, 0));
  });
});

describe("parseHttpDate() refuses", () => {
  it.each([
    null,
    "",
    "0",
    "-1",
    "foo",
    "1994-11-06T08:49:37Z",
    "Thu, 18 Aug 2050 02:01:18 UTC",
    "Thu, 18 Aug 2050 02:01:18 AEST",
    "Thu, 18 Aug 2050 02:01:18 +0000",
    "Thu, 18 Aug 2050 02:01:18",
    "Thu, 18 Aug 50 02:01:18 GMT",
    "Thu 18 Aug 2050 02:01:18 GMT",
    "Thu, 18  Aug  2050 02:01:18 GMT",
    "Thu, 18-Aug-2050 02:01:18 GMT",
    "Thu, 18 Aug 2050 02.01.18 GMT",
    "Thu, 18 Aug 2050 2:01:18 GMT",
    "Thu, 8 Aug 2050 02:01:18 GMT",
    "Thu Aug 8 02:01:18 2050",
    "Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT",
    " Thu, 18 Aug 2050 02:01:18 GMT",
    "Xyz, 18 Aug 2050 02:01:18 GMT",
    "Thu, 18 Xyz 2050 02:01:18 GMT",
    "Thu, 00 Aug 2050 02:01:18 GMT",
    "Thu, 32 Aug 2050 02:01:18 GMT",
    "Thu, 30 Feb 2050 02:01:18 GMT",
    "Wed, 29 Feb 2023 00:00:00 GMT",
    "Thu, 18 Aug 2050 24:01:18 GMT",
    "Thu, 18 Aug 2050 02:60:18 GMT",
    "Thu, 18 Aug 2050 02:01:61 GMT",
    "Thu, 18 Aug 0050 02:01:18 GMT",
  ])("%j", (value) => {
    expect(parseHttpDate(value)).toBeNull();
  });
});

describe("formatHttpDate()", () => {
  it("writes an IMF-fixdate", () => {
    expect(formatHttpDate(sample)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });

  it("is read back to the second", () => {
    const times = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(10_000, 0) - 1 });
    fc.assert(
      fc.property(times, (ms) => {
        expect(parseHttpDate(formatHttpDate(ms))).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });
});
