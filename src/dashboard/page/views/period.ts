/** A stretch of time that usage is shown of. */
export interface Period {
  from: string;
  to: string;
  granularity: "hour" | "day";
}

export const PERIODS = [
  ["24h", "24 hours"],
  ["7d", "7 days"],
  ["30d", "30 days"],
  ["90d", "90 days"],
] as const;
export type PeriodName = (typeof PERIODS)[number][0];

const HOUR = 3_600_000;
const LENGTHS = { "24h": 24, "7d": 168, "30d": 720, "90d": 2160 } as const satisfies Record<PeriodName, number>;

/** The hours, or from a month on the days, up to the one that is under way. @param back how many such periods ago */
export function periodOf(name: PeriodName, back = 0, now = Date.now()): Period {
  const hours = LENGTHS[name];
  const unit = hours > 168 ? 24 * HOUR : HOUR;
  const end = Math.floor(now / unit) * unit + unit - back * hours * HOUR;
  return {
    from: iso(end - hours * HOUR),
    to: iso(end),
    granularity: hours > 168 ? "day" : "hour",
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(".000", "");
}
