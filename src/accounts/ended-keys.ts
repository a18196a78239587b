import { BOUNDS } from "../db/bounds.ts";
import type { Product } from "./token.ts";

/** Statements that delete the keys whose ids a query finds, and the answers stored for them. */
export function deleteKeys(db: D1Database, ids: string, values: readonly unknown[]): D1PreparedStatement[] {
  return [
    db.prepare(`DELETE FROM idempotency_keys WHERE api_key_id IN (${ids})`).bind(...values),
    db.prepare(`DELETE FROM api_keys WHERE id IN (${ids})`).bind(...values),
  ];
}

/**
 * Statements that delete the ended keys of an account, except the most recent ones. The audit log records what happened to
 * each.
 *
 * @param now ms since the epoch
 */
export function boundEndedKeys(
  db: D1Database,
  { account, product }: { account: string; product: Product },
  now: number,
): D1PreparedStatement[] {
  const ended = `SELECT id FROM api_keys
    WHERE account_id = ?1 AND product = ?2 AND (revoked_at <= ?3 OR expires_at <= ?3)
    ORDER BY MIN(COALESCE(revoked_at, expires_at), COALESCE(expires_at, revoked_at)) DESC, id LIMIT -1 OFFSET ?4`;
  return deleteKeys(db, ended, [account, product, now, BOUNDS.api_keys.over.rows]);
}
