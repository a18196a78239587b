// Calendar months in UTC, such as `2026-11`, by which usage is counted.

const MONTHS = 13;

/** The months of the last year, newest first. */
export function months(): string[] {
  const now = new Date();
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

/** "November 2026". */
export const nameOf = (month: string) =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(undefined, { month: "long", year: "numeric", timeZone: "UTC" });

/** A range of days, both included. */
export interface Days {
  from: string;
  to: string;
}

export function daysOf(month: string): Days {
  return { from: `${month}-01`, to: lastDayOf(month) };
}

/** The month before one; for the current month, as many days of it. */
export function daysBefore(month: string): Days {
  const [year, number] = month.split("-").map(Number);
  const before = new Date(Date.UTC(year!, number! - 2)).toISOString().slice(0, 7);
  const whole = daysOf(before);
  const today = new Date().toISOString();
  if (!today.startsWith(month)) return whole;
  const sameDay = `${before}-${today.slice(8, 10)}`;
  return sameDay < whole.to ? { ...whole, to: sameDay } : whole;
}

/** "October", or for a part of it "1–28 October". */
export function spanOf({ from, to }: Days): string {
  const isWhole = to === lastDayOf(from.slice(0, 7));
  const format = new Intl.DateTimeFormat(undefined, {
    month: "long",
    timeZone: "UTC",
    ...(!isWhole && { day: "numeric" }),
  });
  return isWhole ? format.format(new Date(from)) : format.formatRange(new Date(from), new Date(to));
}

function lastDayOf(month: string): string {
  const [year, number] = month.split("-").map(Number);
  return new Date(Date.UTC(year!, number!, 0)).toISOString().slice(0, 10);
}
