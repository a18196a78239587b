/** The text of TXT answers, `v=rdb1;s=…`. Key and value are split at the first `=`; there is no escape for `;`. */

/**
 * Status words by error code. A closed namespace is reported in a text, with RCODE 0. Resolvers would turn REFUSED into
 * SERVFAIL, after asking every server several times. They would keep an NXDOMAIN for everybody for as long as the zone says,
 * without a text that tells it from a missing record.
 */
const STATUSES = {
  E001: "invalid",
  E002: "invalid",
  E003: "invalid",
  E004: "notfound",
  E005: "notfound",
  E006: "auth",
  E007: "auth",
  E009: "forbidden",
  E013: "error",
} as const;

/**
 * E001: the name does not follow the grammar. E002: unknown operation or version. E003: a parameter cannot be decoded. E004: no
 * such record. E005: no such namespace or resource. E006: the namespace is private, and the name has no token. E007: its token
 * does not open the namespace. E009: the namespace's account is suspended. E013: too large for an answer.
 */
export type ErrorCode = keyof typeof STATUSES;

/** What an answer says about its payload. */
export interface Payload {
  bytes: Uint8Array;
  /** Seconds. */
  ttl: number;
  /** When it was last changed, ms since the epoch. */
  updatedAt?: number;
  /** The first 16 hex digits of its SHA-256. */
  hash?: string;
  /** Whether there is more than the answer contains. */
  more?: boolean;
}

/**
 * The most octets that a text may have. A TXT record of this size (in strings of 255), under the longest name, with EDNS and
 * padding, still fits into a message of less than 65,536 octets (RFC 1035 §4.2.2).
 */
export const LONGEST_TEXT = 64_000;

/** The text of an error. It has no other keys, or clients would take it for data. */
export function errorText(code: ErrorCode): string {
  return `v=rdb1;s=${STATUSES[code]};err=${code}`;
}

/**
 * The text of a payload: unchanged if it is printable ASCII without `;`, otherwise as Base64url without padding. `d` comes
 * last.
 */
export function okText({ bytes, ttl, updatedAt, hash, more }: Payload): string {
  const plain = plainText(bytes);
  const text = [
    "v=rdb1;s=ok;t=data",
    ...(plain === null ? ["e=b64"] : []),
    `f=${formatOf(bytes)}`,
    `ttl=${ttl}`,
    ...(updatedAt === undefined ? [] : [`ts=${Math.floor(updatedAt / 1000)}`]),
    ...(hash === undefined ? [] : [`h=${hash}`]),
    ...(more === true ? ["more=1"] : []),
    `d=${plain ?? bytes.toBase64({ alphabet: "base64url", omitPadding: true })}`,
  ].join(";");
  return text.length <= LONGEST_TEXT ? text : errorText("E013");
}

/** The format of a payload. */
export function formatOf(bytes: Uint8Array): "json" | "text" | "binary" {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "binary";
  }
  try {
    JSON.parse(text);
    return "json";
  } catch {
    return /[\x00-\x08\x0e-\x1f\x7f]/.test(text) ? "binary" : "text";
  }
}

/** Printable ASCII without `;`, which every resolver passes on unchanged; null: it is anything else. */
function plainText(bytes: Uint8Array): string | null {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e || byte === 0x3b) return null;
  return new TextDecoder().decode(bytes);
}
