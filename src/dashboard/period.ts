/** A period that usage is shown for. */
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
export type Unit = Period["granularity"];

const HOUR = 3_600_000;
const LENGTHS = { "24h": 24, "7d": 168, "30d": 720, "90d": 2160 } as const satisfies Record<PeriodName, number>;
/** The most hours asked for at once: the API gives at most 31 days of them. */
const MOST_HOURS = 720;

/** The default unit of a period: hours for up to a week. */
export function unitOf(name: PeriodName): Unit {
  return LENGTHS[name] > 168 ? "day" : "hour";
}

/** The period up to the current hour or day, in as many parts as have to be asked for. @param back how many such periods ago */
export function periodsOf(name: PeriodName, unit: Unit, back = 0, now = Date.now()): readonly Period[] {
  const hours = LENGTHS[name];
  const length = unit === "day" ? 24 * HOUR : HOUR;
  const end = Math.floor(now / length) * length + length - back * hours * HOUR;
  const parts = unit === "hour" ? Math.ceil(hours / MOST_HOURS) : 1;
  const part = (hours / parts) * HOUR;
  return Array.from({ length: parts }, (_, index) => ({
    from: iso(end - (parts - index) * part),
    to: iso(end - (parts - index - 1) * part),
    granularity: unit,
  }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace(".000", "");
}
