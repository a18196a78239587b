import { sha256 } from "@noble/hashes/sha2.js";

/** Longer texts are replaced by their hash (characters). */
const LONGEST_SPELLED = 512;

/** A text chosen by a client, as part of a key: unchanged if it is short, so that keys are readable, otherwise its SHA-256. */
export function boundedText(text: string): string {
  if (text.length <= LONGEST_SPELLED) return text;
  return sha256(new TextEncoder().encode(text)).toBase64({ alphabet: "base64url", omitPadding: true });
}
