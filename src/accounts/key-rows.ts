import type { Page } from "../db/position.ts";
import type { Caller } from "./authenticate.ts";
import { isWithin, type KeyPowers } from "./key-powers.ts";
import type { Scope } from "./scopes.ts";
import { hashToken, type Product } from "./token.ts";

/** A key as its owner may see it. Times in ms since the epoch. */
export interface Key extends KeyPowers {
  id: string;
  name: string;
  /** The part of the token that may be shown. */
  prefix: string;
  createdAt: number;
  /** Up to about a minute late; null: not used yet. */
  lastUsedAt: number | null;
  /** When a rotated key ends. A revoked key is not visible at all. */
  revokedAt: number | null;
}

type Row = Omit<Key, "scopes" | "zones"> & { scopes: string; zones: string | null };

const COLUMNS = `id, name, prefix, mode, scopes, zones, created_at AS createdAt, expires_at AS expiresAt,
                 last_used_at AS lastUsedAt, revoked_at AS revokedAt`;

function parse(row: Row): Key {
  return {
    ...row,
    scopes: row.scopes.split(" ") as Scope[],
    zones: row.zones === null ? null : (JSON.parse(row.zones) as string[]),
  };
}

/**
 * The keys that a caller may see, oldest first: those of its account, product and mode that can do no more than it can, and
 * itself. If it could see a stronger key, it could rotate it and get its powers.
 *
 * @param now ms since the epoch
 */
export async function listKeys(db: D1Database, caller: Caller, page: Page, now: number): Promise<Key[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { results } = await db
    .prepare(
      // The same rule as isWithin(): the mode, then scopes, zones and end.
      `SELECT ${COLUMNS} FROM api_keys
       WHERE account_id = ?1 AND product = ?2 AND mode = ?3 AND (revoked_at IS NULL OR revoked_at > ?8)
         AND (created_at, id) > (?9, ?10)
         AND (id = ?4 OR (
           NOT EXISTS (SELECT 1 FROM json_each('["' || replace(scopes, ' ', '","') || '"]')
                       WHERE value NOT IN (SELECT value FROM json_each(?5)))
           AND (?6 IS NULL OR (zones IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM json_each(zones) WHERE value NOT IN (SELECT value FROM json_each(?6)))))
           AND (?7 IS NULL OR expires_at <= ?7)))
       ORDER BY created_at, id LIMIT ?11`,
    )
    .bind(
      caller.account,
      caller.product,
      caller.mode,
      caller.keyId,
      JSON.stringify(caller.scopes),
      caller.zones && JSON.stringify(caller.zones),
      caller.expiresAt,
      now,
      createdAt,
      id,
      page.limit,
    )
    .all<Row>();
  return results.map(parse);
}

/** The key with an id; null: there is none, or the caller may not see it, as in {@link listKeys}. */
export async function findKey(db: D1Database, caller: Caller, id: string, now: number): Promise<Key | null> {
  const row = await db
    .prepare(
      `SELECT ${COLUMNS} FROM api_keys
       WHERE id = ?1 AND account_id = ?2 AND product = ?3 AND (revoked_at IS NULL OR revoked_at > ?4)`,
    )
    .bind(id, caller.account, caller.product, now)
    .first<Row>();
  const key = row && parse(row);
  return key && (key.id === caller.keyId || isWithin(key, caller)) ? key : null;
}

/** SQL for how many valid keys an account has. The arguments are placeholders or columns. */
export function countOfKeys(account: string, product: string, now: string): string {
  return `(SELECT COUNT(*) FROM api_keys WHERE account_id = ${account} AND product = ${product}
           AND (revoked_at IS NULL OR revoked_at > ${now}) AND (expires_at IS NULL OR expires_at > ${now}))`;
}

/**
 * Inserts a key if a condition holds, whose placeholders begin at ?13. Only the hash of the token is stored.
 *
 * @param rotated the key that it replaces, with whose calls its own are counted
 */
export async function insertKeyStatement(
  db: D1Database,
  owner: { account: string; product: Product },
  key: Key,
  token: string,
  condition: { sql: string; values?: readonly unknown[] },
  rotated: string | null = null,
): Promise<D1PreparedStatement> {
  return db
    .prepare(
      `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, zones, created_at, expires_at,
                             counted_as)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
              (SELECT COALESCE(counted_as, id) FROM api_keys WHERE id = ?12)
       WHERE ${condition.sql}`,
    )
    .bind(
      key.id,
      owner.account,
      owner.product,
      key.mode,
      await hashToken(token),
      key.prefix,
      key.name,
      key.scopes.join(" "),
      key.zones && JSON.stringify(key.zones),
      key.createdAt,
      key.expiresAt,
      rotated,
      ...(condition.values ?? []),
    );
}
