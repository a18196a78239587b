import { hashQueryToken } from "../query-token.ts";

/**
 * Whether a query token opens a private namespace just now. Asked of D1 each time, so that a token that was revoked
 * opens nothing from the next query on.
 *
 * @param now ms since the epoch
 */
export async function opens(db: D1Database, token: string, namespace: string, now: number): Promise<boolean> {
  const found = await db
    .prepare(
      `SELECT 1 FROM query_tokens WHERE hash = ?1 AND namespace = ?2
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?3)`,
    )
    .bind(await hashQueryToken(token), namespace, now)
    .first();
  return found !== null;
}
