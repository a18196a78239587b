export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** The beginning of the UTC day that a time lies in, ms since the epoch. */
export function dayOf(time: number): number {
  return time - (time % DAY_MS);
}
