import type { Scope } from "./scopes.ts";
import { hashToken, TOKEN_KINDS, type TokenKind, tokenKind } from "./token.ts";

/** A caller, by the key that it has shown. */
export interface Caller {
  keyId: string;
  account: string;
  mode: "live" | "test";
  scopes: readonly Scope[];
}

export type Authentication =
  | { kind: "authenticated"; caller: Caller }
  | { kind: "refused"; reason: "missing" | "malformed" | "other product" | "unknown" | "revoked" | "expired" };

/** Who shows this key to a product. A key that cannot be one is refused without a read of D1. */
export async function authenticate(
  db: D1Database,
  token: string | null,
  product: (typeof TOKEN_KINDS)[TokenKind]["product"],
  now: number,
): Promise<Authentication> {
  if (token === null || token === "") return refused("missing");
  const kind = tokenKind(token);
  if (kind === null) return refused("malformed");
  if (TOKEN_KINDS[kind].product !== product) return refused("other product");
  // Found by its hash: the time that takes says nothing of 160 random bits.
  const key = await db
    .prepare(
      `SELECT id AS keyId, account_id AS account, mode, scopes, expires_at AS expiresAt, revoked_at AS revokedAt
       FROM api_keys WHERE hash = ?1 AND product = ?2`,
    )
    .bind(await hashToken(token), product)
    .first<Omit<Caller, "scopes"> & { scopes: string; expiresAt: number | null; revokedAt: number | null }>();
  if (key === null) return refused("unknown");
  if (key.revokedAt !== null && key.revokedAt <= now) return refused("revoked");
  if (key.expiresAt !== null && key.expiresAt <= now) return refused("expired");
  const { keyId, account, mode, scopes } = key;
  return { kind: "authenticated", caller: { keyId, account, mode, scopes: scopes.split(" ") as Scope[] } };
}

function refused(reason: Extract<Authentication, { kind: "refused" }>["reason"]): Authentication {
  return { kind: "refused", reason };
}
