import { BOUNDS } from "../db/bounds.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** For how long usage is kept by the hour, and by the day (days). */
export const HOURS_KEPT_DAYS = 92;
export const DAYS_KEPT_DAYS = BOUNDS.packed.days;

/** The beginning of the UTC day that a time lies in, ms since the epoch. */
export function dayOf(time: number): number {
  return time - (time % DAY_MS);
}
