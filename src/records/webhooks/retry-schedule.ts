const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * The pauses between attempts, ms, as Standard Webhooks suggests ("Deliverability and reliability"): ten attempts in 76 hours.
 * There is no jitter, since a webhook's deliveries are made one after the other anyway.
 */
const DELAYS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;

/**
 * When to attempt a delivery again; null: it is given up.
 *
 * @param attempts how many have failed, including this one
 * @param now ms since the epoch
 */
export function nextAttemptAt(attempts: number, now: number): number | null {
  const delay = DELAYS_MS[attempts - 1];
  return delay === undefined ? null : now + delay;
}
