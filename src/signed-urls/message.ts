import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import type { Parameter } from "./parameters.ts";

/** What a token signs. */
export interface Message {
  path: string;
  /** Seconds since the epoch, ten digits. */
  expires: string;
  /** As {@link addressBytes} gives it; null: the token is valid for any address. */
  address: Uint8Array | null;
  /** As {@link dataOf} gives it. */
  data: string;
}

/** HMAC-SHA256 of a message (RFC 2104), in base64url without padding (RFC 4648 §5): 43 characters. */
export function hmacOf(key: string, { path, expires, address, data }: Message): string {
  const hmac = createHmac("sha256", key).update(path + expires);
  if (address !== null) hmac.update(address);
  return hmac.update(data).digest("base64url");
}

/** How a token begins, depending on whether it is locked to an address. */
export function prefixOf(isLocked: boolean): string {
  return isLocked ? "HS256-1-" : "HS256-";
}

/** An address in the form that is signed: 4 bytes of IPv4, or the first 8 of IPv6 and 8 zeros. Null: it is not an address. */
export function addressBytes(text: string): Uint8Array | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  const bytes = Uint8Array.from(address.toByteArray());
  return address.kind() === "ipv4" ? bytes : bytes.fill(0, 8);
}

/** Parameters in the form that is signed. Signers sort names either by their bytes or as words of a language. */
export function dataOf(parameters: readonly Parameter[], order: "bytes" | "locale"): string {
  const compare = order === "bytes" ? byBytes : byLocale;
  const sorted = parameters.length < 2 ? parameters : parameters.toSorted(([a], [b]) => compare(a, b));
  return sorted.map(([name, value]) => `${name}=${value}`).join("&");
}

let collator: Intl.Collator | null = null;

function byLocale(a: string, b: string): number {
  collator ??= new Intl.Collator("en");
  return collator.compare(a, b);
}

/** UTF-8 sorts by code points, unlike JavaScript's 16-bit units. */
function byBytes(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (const [index, char] of left.entries()) {
    const difference = char.codePointAt(0)! - (right[index]?.codePointAt(0) ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
