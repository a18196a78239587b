import { randomText } from "../db/new-id.ts";
import { crc32 } from "./crc32.ts";

/** What the prefix of a key stands for. */
export const TOKEN_KINDS = {
  rk_live: { product: "rescdn", mode: "live" },
  rk_test: { product: "rescdn", mode: "test" },
  rdb_live: { product: "resolvedb", mode: "live" },
} as const;

export type TokenKind = keyof typeof TOKEN_KINDS;

export type Product = (typeof TOKEN_KINDS)[TokenKind]["product"];

/** The kind of a key for a product and mode. ResolveDB has live keys only. */
export function tokenKindOf(product: Product, mode: "live" | "test"): TokenKind {
  if (product === "resolvedb") return "rdb_live";
  return mode === "live" ? "rk_live" : "rk_test";
}

/** 27 base62 characters: 160.8 random bits. */
const RANDOM_LENGTH = 27;
/** The CRC-32 in hex. */
const CHECKSUM_LENGTH = 8;
const FORMAT = /^(rk_live|rk_test|rdb_live)_[0-9A-Za-z]{27}[0-9a-f]{8}$/;

/** A new key: `<kind>_`, 27 random characters, and 8 of checksum. It is shown to its owner once and never stored. */
export function newToken(kind: TokenKind): string {
  const body = `${kind}_${randomText(RANDOM_LENGTH)}`;
  return body + checksum(body);
}

/** The kind of a well-formed key; null: its form or checksum is wrong, so that it need not be looked up. */
export function tokenKind(token: string): TokenKind | null {
  const kind = FORMAT.exec(token)?.[1];
  if (kind === undefined) return null;
  return checksum(token.slice(0, -CHECKSUM_LENGTH)) === token.slice(-CHECKSUM_LENGTH) ? (kind as TokenKind) : null;
}

/** The part of a key that may be shown in lists: its first 12 characters, which are its kind and 3 or 4 random ones. */
export function visiblePrefix(token: string): string {
  return token.slice(0, 12);
}

/** SHA-256 in lower-case hex. */
export async function hashToken(token: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))).toHex();
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(CHECKSUM_LENGTH, "0");
}
