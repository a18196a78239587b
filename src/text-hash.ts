import { sha256 } from "@noble/hashes/sha2.js";
import { BoundedMap } from "./memo/bounded-map.ts";

/** How many hashes an isolate remembers, and of texts how long at most (characters). */
const REMEMBERED = 2_048;
const LONGEST = 1_024;

/** The oldest one alone gives way: else what one customer's answers name would wipe what others' need. */
const remembered = new BoundedMap<string, string>({ entries: REMEMBERED }, "the oldest");
const encoder = new TextEncoder();

/**
 * A hash of what a purge names, of a variant, of a representation, short enough that thousands fit into a zone's document:
 * 128 bits of SHA-256 in 22 characters. Nobody can find a name that has the hash of another's: a shorter one (53 bits, without a secret) gave two
 * names with one hash in seconds. Synchronous, as the way of a hot answer is; what is asked for again is remembered.
 */
export function textHash(text: string): string {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const digest = sha256(encoder.encode(text)).subarray(0, 16);
  const hash = digest.toBase64({ alphabet: "base64url", omitPadding: true });
  if (text.length <= LONGEST) remembered.set(text, hash);
  return hash;
}
