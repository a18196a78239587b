/**
 * Whether something happened less than `ms` ago, where `at` and `now` are read off a clock that may have been set back between
 * them: what seems to be yet to come, by more than that, is not recent.
 */
export function isRecent(at: number, ms: number, now: number): boolean {
  return Math.abs(now - at) < ms;
}

/** Whether `until` is yet to come, for something that was to last at most `ms` when it began. */
export function isAhead(until: number, ms: number, now: number): boolean {
  return until > now && until - now < 2 * ms;
}
