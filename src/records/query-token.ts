import { hashToken } from "../accounts/token.ts";

/** RFC 4648 §6 in lower case, since resolvers may change the case of names. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const FORMAT = /^rdbq[a-z2-7]{32}$/;

/** Precedes a query token in its label of a name: `auth-rdbq…`, 41 octets of the 63 that a label may have. */
const LABEL_PREFIX = "auth-";

/** A new query token: `rdbq` and 32 base32 characters, 160 random bits. It is shown to its owner once and never stored. */
export function newQueryToken(): string {
  // 256 is a multiple of 32: each character is equally likely.
  const random = crypto.getRandomValues(new Uint8Array(32));
  return `rdbq${Array.from(random, (byte) => BASE32[byte % 32]).join("")}`;
}

/** The label with which a name shows a query token. */
export function queryTokenLabel(token: string): string {
  return LABEL_PREFIX + token;
}

/** The query token in a label of a name (lower case); null: there is none. */
export function queryTokenOf(label: string): string | null {
  if (!label.startsWith(LABEL_PREFIX)) return null;
  const token = label.slice(LABEL_PREFIX.length);
  return FORMAT.test(token) ? token : null;
}

/** What is stored of a query token: its SHA-256 in lower-case hex. */
export function hashQueryToken(token: string): Promise<string> {
  return hashToken(token);
}
