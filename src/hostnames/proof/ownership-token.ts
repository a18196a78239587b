import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { randomText } from "../../db/new-id.ts";

/** The name below a hostname where its TXT record is expected. */
export function proofName(hostname: string): string {
  return `_rescdn.${hostname}`;
}

/**
 * The token that the owner of a hostname shows, in a TXT record or in a file. It is always the same for one account and
 * hostname, and differs between accounts and hostnames, so nobody can show it for another account or another hostname.
 *
 * @param secret the account's, as {@link secretOf} gives it
 */
export function ownershipToken(secret: string, hostname: string): string {
  const encoder = new TextEncoder();
  const digest = hmac(sha256, encoder.encode(secret), encoder.encode(hostname));
  return `rescdn-hostname=${digest.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** The secret that an account's tokens are derived from, created when first needed. */
export async function secretOf(db: D1Database, account: string): Promise<string> {
  const known = await db
    .prepare("SELECT hostname_secret AS secret FROM accounts WHERE id = ?1")
    .bind(account)
    .first<string>("secret");
  if (known !== null) return known;
  const secret = await db
    .prepare(
      `UPDATE accounts SET hostname_secret = COALESCE(hostname_secret, ?2) WHERE id = ?1 RETURNING hostname_secret AS secret`,
    )
    .bind(account, randomText(32))
    .first<string>("secret");
  if (secret === null) throw new Error("there is no such account");
  return secret;
}
