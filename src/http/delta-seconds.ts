/** RFC 9111 §1.2.2: a greater value is taken as "2147483648 (2^31) or the greatest positive integer" available. */
export const MAX_DELTA_SECONDS = 2_147_483_647;

const DIGITS = /^[0-9]+$/;

/** A non-negative whole number of seconds (RFC 9111 §1.2.2), capped at {@link MAX_DELTA_SECONDS}; null: it is not one. */
export function parseDeltaSeconds(text: string): number | null {
  return DIGITS.test(text) ? Math.min(Number(text), MAX_DELTA_SECONDS) : null;
}
