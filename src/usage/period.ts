import { DAY_MS, dayOf, HOUR_MS } from "./hours.ts";
import { DAYS_KEPT_DAYS, HOURS_KEPT_DAYS } from "./kept-days.ts";
import type { UsageQuery } from "./sums.ts";

/** The time that a report covers; ms since the epoch, `to` is not included. */
export type Period = Pick<UsageQuery, "from" | "to" | "rows" | "series">;

/** A period, or which field of the request is wrong, and why. */
export type PeriodVerdict = { ok: true; period: Period } | { ok: false; field: PeriodField; reason: string };

type PeriodField = "from" | "to" | "granularity";

/** As written in a request: dates (`2026-03-01`), or times (RFC 3339) at whole hours. */
export interface PeriodRequest {
  from?: string | undefined;
  to?: string | undefined;
  granularity?: "hour" | "day" | undefined;
}

/** Longest series by the hour, days. */
const LONGEST_HOURLY_DAYS = 31;

/**
 * The period that a request names. Without `to`, it ends with the current month in UTC. Without `from`, it begins with the
 * month in which it ends. A date as `to` is included as a whole, a time is not.
 */
export function periodOf({ from, to, granularity }: PeriodRequest, now: number): PeriodVerdict {
  const end = to === undefined ? monthAfter(now) : endOf(to);
  if (end === null) return refused("to", NO_TIME);
  const start = from === undefined ? monthOf(end - 1) : startOf(from);
  if (start === null) return refused("from", NO_TIME);
  if (start % HOUR_MS !== 0) return refused("from", NO_HOUR);
  if (end % HOUR_MS !== 0) return refused("to", NO_HOUR);
  if (start >= end) return refused("from", "must be earlier than `to`");
  if (end - start > DAYS_KEPT_DAYS * DAY_MS) return refused("from", `spans more than ${DAYS_KEPT_DAYS} days`);
  if (start < dayOf(now) - DAYS_KEPT_DAYS * DAY_MS) {
    return refused("from", `is too long ago: usage is kept for ${DAYS_KEPT_DAYS} days`);
  }
  const isByDays = granularity !== "hour" && start % DAY_MS === 0 && end % DAY_MS === 0;
  if (!isByDays && start < dayOf(now) - HOURS_KEPT_DAYS * DAY_MS) {
    return refused(
      "from",
      `is too long ago: hours are kept for ${HOURS_KEPT_DAYS} days, whole days for ${DAYS_KEPT_DAYS}`,
    );
  }
  if (granularity === "hour" && end - start > LONGEST_HOURLY_DAYS * DAY_MS) {
    return refused(
      "granularity",
      `hour is for ${LONGEST_HOURLY_DAYS} days at most: ask for day, or for a shorter period`,
    );
  }
  return { ok: true, period: { from: start, to: end, rows: isByDays ? "days" : "hours", series: granularity ?? null } };
}

export const NO_TIME = "must be a date (2026-03-01) or a time (2026-03-01T10:00:00Z, RFC 3339)";
const NO_HOUR = "must be at a whole hour in UTC: usage is counted by the hour";

function refused(field: PeriodField, reason: string): PeriodVerdict {
  return { ok: false, field, reason };
}

/** The time at which a date or a time begins. Null: it is neither. */
export function startOf(text: string): number | null {
  return dateOf(text) ?? timeOf(text);
}

/** The time up to which a date, which is included, or a time reaches. Null: it is neither. */
export function endOf(text: string): number | null {
  const date = dateOf(text);
  return date === null ? timeOf(text) : date + DAY_MS;
}

/** A full-date of RFC 3339. Null: it is not one, or there is no such day. */
export function dateOf(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  // Date.parse takes 30 February for 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) ? time : null;
}

/** A date-time of RFC 3339. */
function timeOf(text: string): number | null {
  const [, date = ""] = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i.exec(text) ?? [];
  const time = Date.parse(text.toUpperCase());
  return dateOf(date) === null || Number.isNaN(time) ? null : time;
}

/** The beginning of the calendar month of a time, in UTC. */
export function monthOf(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

/** The beginning of the calendar month after that of a time, in UTC. */
export function monthAfter(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
