import { newId } from "../db/new-id.ts";
import { type Actor, auditStatement } from "./audit-log.ts";
import type { Caller } from "./authenticate.ts";
import { boundEndedKeys } from "./ended-keys.ts";
import { type Grant, grant, type KeyPowers, type KeyRequest } from "./key-powers.ts";
import { countOfKeys, findKey, insertKeyStatement, type Key } from "./key-rows.ts";
import { PLANS } from "./plans.ts";
import { newToken, tokenKindOf, visiblePrefix } from "./token.ts";

/** A new key with its token, which can only be read now. */
export interface NewKey {
  key: Key;
  token: string;
}

/** The plan allows no more keys. */
interface LimitReached {
  kind: "limit";
  limit: number;
}

export type CreatedKey = ({ kind: "created" } & NewKey) | Exclude<Grant, { kind: "granted" }> | LimitReached;

export type RotatedKey =
  | ({ kind: "rotated" } & NewKey)
  | { kind: "missing" }
  | { kind: "expired" }
  | { kind: "rotated-before" }
  | LimitReached;

/**
 * Creates a key for the caller's account and product. The caller must have its powers.
 *
 * @param actor the caller, as named in the audit log
 * @param now ms since the epoch
 */
export async function createKey(
  db: D1Database,
  caller: Caller,
  request: KeyRequest & { name: string },
  actor: Actor,
  now: number,
): Promise<CreatedKey> {
  const granted = grant(caller, request, now);
  if (granted.kind !== "granted") return granted;
  const { key, token } = newKey(caller, request.name, granted.powers, now);
  const limit = keysOf(caller);
  const [inserted] = await db.batch([
    await insertKeyStatement(db, caller, key, token, {
      sql: `${countOfKeys("?2", "?3", "?10")} < ?13`,
      values: [limit],
    }),
    creation(db, key, actor, now),
    ...boundEndedKeys(db, caller, now),
  ]);
  return inserted?.meta.changes ? { kind: "created", key, token } : { kind: "limit", limit };
}

/** Renames a key. Null: the caller can see no such key. */
export async function renameKey(
  db: D1Database,
  caller: Caller,
  id: string,
  name: string,
  actor: Actor,
  now: number,
): Promise<Key | null> {
  const key = await findKey(db, caller, id, now);
  if (key === null || key.name === name) return key;
  const renamed = { ...key, name };
  const change = { action: "key.rename", target: id, before: logged(key), after: logged(renamed) };
  await db.batch([
    db.prepare("UPDATE api_keys SET name = ?2 WHERE id = ?1").bind(id, name),
    auditStatement(db, actor, change, now),
  ]);
  return renamed;
}

/** Revokes a key: the next request with it is refused. False: the caller can see no such key. */
export async function revokeKey(
  db: D1Database,
  caller: Caller,
  id: string,
  actor: Actor,
  now: number,
): Promise<boolean> {
  const key = await findKey(db, caller, id, now);
  if (key === null) return false;
  const [revoked] = await db.batch([
    db
      .prepare("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND (revoked_at IS NULL OR revoked_at > ?2)")
      .bind(id, now),
    auditStatement(
      db,
      actor,
      { action: "key.revoke", target: id, before: logged(key), after: logged({ ...key, revokedAt: now }) },
      now,
    ),
  ]);
  return revoked !== undefined && revoked.meta.changes > 0;
}

/**
 * Replaces a key by a new one with the same name and powers. The old one works for some time, so that its users can be switched
 * one by one. While it does, it counts as one of the account's keys.
 *
 * @param grace how long, seconds
 * @param now ms since the epoch
 */
export async function rotateKey(
  db: D1Database,
  caller: Caller,
  id: string,
  grace: number,
  actor: Actor,
  now: number,
): Promise<RotatedKey> {
  const old = await findKey(db, caller, id, now);
  if (old === null) return { kind: "missing" };
  if (old.expiresAt !== null && old.expiresAt <= now) return { kind: "expired" };
  if (old.revokedAt !== null) return { kind: "rotated-before" };
  const revokedAt = now + grace * 1000;
  const { key, token } = newKey(caller, old.name, old, now);
  const limit = keysOf(caller);
  const rotation = {
    action: "key.rotate",
    target: id,
    before: logged(old),
    after: { ...logged({ ...old, revokedAt }), replaced_by: key.id },
  };
  const [rotated] = await db.batch([
    db
      .prepare(
        `UPDATE api_keys SET revoked_at = ?2
         WHERE id = ?1 AND revoked_at IS NULL AND (?2 = ?3 OR ${countOfKeys("?4", "?5", "?3")} < ?6)`,
      )
      .bind(id, revokedAt, now, caller.account, caller.product, limit),
    await insertKeyStatement(db, caller, key, token, { sql: "changes() > 0" }, id),
    auditStatement(db, actor, rotation, now),
    creation(db, key, actor, now),
    ...boundEndedKeys(db, caller, now),
  ]);
  if (rotated?.meta.changes) return { kind: "rotated", key, token };
  const left = await findKey(db, caller, id, now);
  if (left === null) return { kind: "missing" };
  return left.revokedAt === null ? { kind: "limit", limit } : { kind: "rotated-before" };
}

function newKey(caller: Caller, name: string, powers: KeyPowers, now: number): NewKey {
  const { mode, scopes, zones, expiresAt } = powers;
  const token = newToken(tokenKindOf(caller.product, mode));
  const key: Key = {
    id: newId("key"),
    name,
    prefix: visiblePrefix(token),
    mode,
    scopes,
    zones,
    createdAt: now,
    expiresAt,
    lastUsedAt: null,
    revokedAt: null,
  };
  return { key, token };
}

function keysOf({ plan, product }: Caller): number {
  return PLANS[plan][product].keys;
}

function creation(db: D1Database, key: Key, actor: Actor, now: number): D1PreparedStatement {
  return auditStatement(db, actor, { action: "key.create", target: key.id, before: null, after: logged(key) }, now);
}

/** A key as recorded in the audit log. */
function logged({ name, prefix, scopes, zones, expiresAt, revokedAt }: Key) {
  const time = (ms: number | null) => ms && new Date(ms).toISOString();
  return { name, prefix, scopes, zones, expires: time(expiresAt), revoked: time(revokedAt) };
}
