import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { BOUNDS } from "../db/bounds.ts";
import { hashQueryToken } from "./query-token.ts";

/** A query token as D1 stores it, without the token itself. Times in ms since the epoch. */
export interface QueryTokenRow {
  id: string;
  prefix: string;
  name: string;
  createdAt: number;
  /** Null: never. */
  expiresAt: number | null;
}

const COLUMNS = "id, prefix, name, created_at AS createdAt, expires_at AS expiresAt";

/** How much of a query token may be shown in lists. */
const PREFIX_LENGTH = 12;

/** The most query tokens that a namespace may have. */
export const QUERY_TOKEN_LIMIT = BOUNDS.query_tokens.rows;

/** Stores a new query token for an account's namespace, by its hash. Null: the namespace is gone, or has too many. */
export async function insertQueryToken(
  db: D1Database,
  actor: Actor,
  namespace: string,
  { id, token, name, expiresAt }: Pick<QueryTokenRow, "id" | "name" | "expiresAt"> & { token: string },
  now: number,
): Promise<QueryTokenRow | null> {
  const prefix = token.slice(0, PREFIX_LENGTH);
  const insert = db
    .prepare(
      `INSERT INTO query_tokens (id, namespace, hash, prefix, name, created_at, expires_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
       WHERE EXISTS (SELECT 1 FROM namespaces WHERE name = ?2 AND account_id = ?8 AND state = 'active')
         AND (SELECT COUNT(*) FROM query_tokens WHERE namespace = ?2) < ${QUERY_TOKEN_LIMIT}
       RETURNING ${COLUMNS}`,
    )
    .bind(id, namespace, await hashQueryToken(token), prefix, name, now, expiresAt, actor.account);
  const after = { namespace, name, prefix, expires_at: expiresAt };
  const change = { action: "query_token.create", target: id, before: null, after };
  const [inserted] = await db.batch<QueryTokenRow>([insert, auditStatement(db, actor, change, now)]);
  return inserted?.results[0] ?? null;
}

/** The query tokens of a namespace, oldest first. */
export async function listQueryTokens(db: D1Database, namespace: string): Promise<QueryTokenRow[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM query_tokens WHERE namespace = ?1 ORDER BY created_at, id`)
    .bind(namespace)
    .all<QueryTokenRow>();
  return results;
}

/** Revokes a query token of an account's namespace by deleting its row. False: there is none with that id. */
export async function revokeQueryToken(
  db: D1Database,
  actor: Actor,
  namespace: string,
  id: string,
  now: number,
): Promise<boolean> {
  const revoke = db
    .prepare(
      `DELETE FROM query_tokens WHERE id = ?1 AND namespace = ?2
       AND EXISTS (SELECT 1 FROM namespaces WHERE name = ?2 AND account_id = ?3 AND state = 'active')`,
    )
    .bind(id, namespace, actor.account);
  const change = { action: "query_token.revoke", target: id, before: { namespace }, after: null };
  const [revoked] = await db.batch([revoke, auditStatement(db, actor, change, now)]);
  return (revoked?.meta.changes ?? 0) > 0;
}
