import { createHash } from "node:crypto";

/** Longer texts stand for themselves by their hash (characters). */
const LONGEST_SPELLED = 512;

/** What a client chose, as part of a key: as it is where it is short, so that keys can be read, else its SHA-256. */
export function boundedText(text: string): string {
  return text.length <= LONGEST_SPELLED ? text : createHash("sha256").update(text).digest("base64url");
}
