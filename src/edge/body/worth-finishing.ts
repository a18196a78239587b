/** This much may still come of a body that nobody waits for any more (bytes). */
const LITTLE_BYTES = 1_048_576;

/** Or this share of it. */
const LITTLE_SHARE = 0.1;

/**
 * Whether a body that nobody waits for any more is read to its end, so that the store has it.
 *
 * @param read bytes so far
 * @param sinceLeft bytes of those that came after its client had left
 * @param expected bytes in all; null: unknown
 */
export function isWorthFinishing(read: number, sinceLeft: number, expected: number | null): boolean {
  if (expected === null) return sinceLeft <= LITTLE_BYTES;
  return expected - read <= Math.max(LITTLE_BYTES, expected * LITTLE_SHARE);
}
