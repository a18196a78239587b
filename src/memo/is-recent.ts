/**
 * Whether something happened less than `ms` ago, where the clock may have been set back between `at` and `now`: a time that is
 * further in the future than `ms` is not recent.
 */
export function isRecent(at: number, ms: number, now: number): boolean {
  return Math.abs(now - at) < ms;
}

/** Whether `until` is still ahead, for something that was to last at most `ms` from its beginning. */
export function isAhead(until: number, ms: number, now: number): boolean {
  return until > now && until - now < 2 * ms;
}
