import { sha256 } from "@noble/hashes/sha2.js";

/** Longer texts stand for themselves by their hash (characters). */
const LONGEST_SPELLED = 512;

/** What a client chose, as part of a key: as it is where it is short, so that keys can be read, else its SHA-256. */
export function boundedText(text: string): string {
  if (text.length <= LONGEST_SPELLED) return text;
  return sha256(new TextEncoder().encode(text)).toBase64({ alphabet: "base64url", omitPadding: true });
}
