import { sha256 } from "@noble/hashes/sha2.js";
import { BoundedMap } from "./memo/bounded-map.ts";

/** How many hashes an isolate remembers, and of texts up to which length (characters). */
const REMEMBERED = 2_048;
const LONGEST = 1_024;

/** Only the oldest one is dropped: otherwise the names in one customer's answers would push out everything that others need. */
const remembered = new BoundedMap<string, string>({ entries: REMEMBERED }, "the oldest");
const encoder = new TextEncoder();

/**
 * A hash for what a purge names, for a variant, or for a representation, so short that thousands fit into a zone's document:
 * 128 bits of SHA-256 in 22 characters. Nobody can find a name with the same hash as another's: a shorter one (53 bits, without
 * a secret) gave two names with one hash in seconds. It is synchronous because a hot answer needs it, and recent results are
 * remembered.
 */
export function textHash(text: string): string {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const digest = sha256(encoder.encode(text)).subarray(0, 16);
  const hash = digest.toBase64({ alphabet: "base64url", omitPadding: true });
  if (text.length <= LONGEST) remembered.set(text, hash);
  return hash;
}
