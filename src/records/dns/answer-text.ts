/** The text of TXT answers, `v=rdb1;s=…`. Key and value are split at the first `=`; there is no escape for `;`. */

/**
 * Status words by error code. A closed namespace says so in a text, with RCODE 0: resolvers make SERVFAIL of REFUSED, after
 * asking every server several times, and keep an NXDOMAIN for as long as the zone says, whoever asks and with a text to tell
 * neither from a record that is missing.
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
 * E001: the name is not of the grammar. E002: no such operation or version. E003: a parameter does not decode. E004: no
 * such record. E005: no such namespace or resource. E006: the namespace is private, and the name shows no token. E007: it
 * shows one that does not open it. E009: the namespace's account is suspended. E013: too large for an answer.
 */
export type ErrorCode = keyof typeof STATUSES;

/** What an answer says of its payload. */
export interface Payload {
  bytes: Uint8Array;
  /** Seconds. */
  ttl: number;
  /** When it was last changed, ms since the epoch. */
  updatedAt?: number;
  /** The first 16 hex digits of its SHA-256. */
  hash?: string;
  /** Whether there is more than is answered. */
  more?: boolean;
}

/**
 * The octets that a text may have: a TXT record of so much (in strings of 255), under the longest name, with EDNS and
 * padding, still is a message of less than 65,536 octets (RFC 1035 §4.2.2).
 */
export const LONGEST_TEXT = 64_000;

/** An error: no other keys, or clients take it for data. */
export function errorText(code: ErrorCode): string {
  return `v=rdb1;s=${STATUSES[code]};err=${code}`;
}

/** A payload: as it stands if it is printable ASCII without `;`, else as Base64url without padding. `d` is the last. */
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

/** What a payload is. */
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

/** Printable ASCII without `;`, which every resolver passes on as it is; null for all else. */
function plainText(bytes: Uint8Array): string | null {
  for (const byte of bytes) if (byte < 0x20 || byte > 0x7e || byte === 0x3b) return null;
  return new TextDecoder().decode(bytes);
}
