/** A body that nobody waits for is read on if at most this much is left (bytes). */
const LITTLE_BYTES = 1_048_576;

/** Or at most this share of it. */
const LITTLE_SHARE = 0.1;

/**
 * Whether to read a body to its end, for the store, although nobody waits for it any more.
 *
 * @param read bytes so far
 * @param sinceLeft bytes of these that came after its client had left
 * @param expected bytes in all; null: unknown
 */
export function isWorthFinishing(read: number, sinceLeft: number, expected: number | null): boolean {
  if (expected === null) return sinceLeft <= LITTLE_BYTES;
  return expected - read <= Math.max(LITTLE_BYTES, expected * LITTLE_SHARE);
}
