import { describe, expect, it } from "vitest";
import { type PeriodRequest, periodOf } from "../../src/usage/period.ts";

const NOW = Date.UTC(2026, 2, 15, 10, 30);
const at = (text: string) => Date.parse(text);

describe("periodOf()", () => {
  it.each<[string, PeriodRequest, { from: string; to: string; rows: string; series: string | null }]>([
    ["this month", {}, { from: "2026-03-01", to: "2026-04-01", rows: "days", series: null }],
    [
      "this month by the hour",
      { granularity: "hour" },
      { from: "2026-03-01", to: "2026-04-01", rows: "hours", series: "hour" },
    ],
    [
      "dates, the last included",
      { from: "2026-02-03", to: "2026-02-04", granularity: "day" },
      { from: "2026-02-03", to: "2026-02-05", rows: "days", series: "day" },
    ],
    [
      "a date without an end",
      { from: "2026-02-03" },
      { from: "2026-02-03", to: "2026-04-01", rows: "days", series: null },
    ],
    [
      "an end without a beginning: from its month's",
      { to: "2026-02-28" },
      { from: "2026-02-01", to: "2026-03-01", rows: "days", series: null },
    ],
    [
      "times, the last not included",
      { from: "2026-03-15T02:00:00+02:00", to: "2026-03-15T10:00:00.000Z" },
      { from: "2026-03-15", to: "2026-03-15T10:00Z", rows: "hours", series: null },
    ],
    [
      "a leap day",
      { from: "2024-02-29", to: "2024-02-29" },
      { from: "2024-02-29", to: "2024-03-01", rows: "days", series: null },
    ],
  ])("takes %s", (title, request, { from, to, rows, series }) => {
    const now = title === "a leap day" ? at("2024-03-15") : NOW;
    expect(periodOf(request, now)).toEqual({ ok: true, period: { from: at(from), to: at(to), rows, series } });
  });

  it("takes December's end from the next year", () => {
    expect(periodOf({}, at("2026-12-31T23:59:59Z"))).toMatchObject({
      period: { from: at("2026-12-01"), to: at("2027-01-01") },
    });
  });

  it.each<[PeriodRequest, string, RegExp]>([
    [{ from: "yesterday" }, "from", /must be a date/],
    [{ from: "2026-02-30" }, "from", /must be a date/],
    [{ to: "2026-13-01" }, "to", /must be a date/],
    [{ to: "2026-03-01T10:00:00" }, "to", /must be a date/],
    [{ to: "2026-02-30T10:00:00Z" }, "to", /must be a date/],
    [{ from: "2026-03-01T10:30:00Z" }, "from", /whole hour/],
    [{ to: "2026-03-02T10:00:00+05:30" }, "to", /whole hour/],
    [{ from: "2026-03-10", to: "2026-03-09" }, "from", /earlier than `to`/],
    [{ from: "2026-05-01" }, "from", /earlier than `to`/],
    [{ from: "2025-01-01" }, "from", /more than 400 days/],
    [{ from: "2025-01-01", to: "2025-02-01" }, "from", /too long ago: usage is kept for 400 days/],
    [{ from: "2025-11-01", to: "2025-11-02", granularity: "hour" }, "from", /hours are kept for 92 days/],
    [{ from: "2025-11-01T01:00:00Z", to: "2025-11-02" }, "from", /hours are kept for 92 days/],
    [{ from: "2026-02-01", to: "2026-03-10", granularity: "hour" }, "granularity", /31 days at most/],
  ])("refuses %j and says why", (request, field, reason) => {
    expect(periodOf(request, NOW)).toEqual({ ok: false, field, reason: expect.stringMatching(reason) });
  });
});
