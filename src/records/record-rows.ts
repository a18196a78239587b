import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { VERSION_FLOOR } from "../db/version-floor.ts";
import { claimStatements, type NamespaceLimits, takenByAnother } from "./claim-namespace.ts";
import { describeData } from "./describe-data.ts";
import type { RecordRow } from "./record.ts";
import { recordJson } from "./record-json.ts";
import type { RecordKey } from "./record-key.ts";
import { eventStatements } from "./webhooks/outbox.ts";

const COLUMNS = `id, account_id AS account, key, namespace, resource, version, data, ttl, revision,
                 created_at AS createdAt, updated_at AS updatedAt`;

export type NewRecord = Pick<RecordRow, "id" | "data" | "ttl"> & RecordKey;

/** The result of inserting a record. `publishNamespace`: the zone table does not have its namespace's latest state yet. */
export type InsertResult =
  | { kind: "inserted"; record: RecordRow; publishNamespace: boolean }
  | { kind: "taken" }
  | { kind: "namespace of another" }
  | { kind: "too many"; what: "records" | "namespaces" | "deleted records" };

interface Circumstances {
  taken: number;
  foreignNamespace: number;
  lagging: number;
  /**
   * How many records the account has; null: the record was inserted, so they were not counted, which is the most expensive part
   * of a call.
   */
  records: number | null;
  deleted: number | null;
}

/**
 * Stores a record and, if nobody has its namespace, gives that to the account; in one transaction, so that simultaneous calls
 * can neither exceed a limit nor use a key twice.
 *
 * @param now ms since the epoch
 */
export async function insertRecord(
  db: D1Database,
  actor: Actor,
  record: NewRecord,
  limits: NamespaceLimits,
  now: number,
): Promise<InsertResult> {
  const { account } = actor;
  const { id, key, namespace, resource, version, data, ttl } = record;
  const insert = db
    .prepare(
      `INSERT INTO records (id, account_id, key, namespace, resource, version, data, ttl, state, revision,
                            created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'active',
              1 + MAX(COALESCE((SELECT MAX(revision) FROM records WHERE key = ?3), 0), ${VERSION_FLOOR}), ?9, ?9
       WHERE EXISTS (SELECT 1 FROM namespaces WHERE name = ?4 AND account_id = ?2 AND state = 'active')
         AND (?10 IS NULL OR (SELECT COUNT(*) FROM records WHERE account_id = ?2 AND state <> 'deleted') < ?10)
         AND (?11 IS NULL OR (SELECT COUNT(*) FROM records WHERE account_id = ?2 AND state = 'deleted') < ?11)
       ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    )
    .bind(id, account, key, namespace, resource, version, data, ttl, now, limits.records, limits.deletedRecords);
  const circumstances = db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM records WHERE key = ?1 AND state <> 'deleted') AS taken,
              EXISTS (SELECT 1 FROM namespaces WHERE name = ?2 AND ${takenByAnother("?3", "?4")}) AS foreignNamespace,
              EXISTS (SELECT 1 FROM namespaces WHERE name = ?2 AND published_revision < revision) AS lagging,
              CASE WHEN EXISTS (SELECT 1 FROM records WHERE id = ?5) THEN NULL
                   ELSE (SELECT COUNT(*) FROM records WHERE account_id = ?3 AND state <> 'deleted') END AS records,
              CASE WHEN EXISTS (SELECT 1 FROM records WHERE id = ?5) THEN NULL
                   ELSE (SELECT COUNT(*) FROM records WHERE account_id = ?3 AND state = 'deleted') END AS deleted`,
    )
    .bind(key, namespace, account, now, id);
  const after = { key, ttl, ...(await describeData(data)) };
  const claim = claimStatements(db, actor, { name: namespace, visibility: "public", records: 1 }, limits, now);
  const asInserted = { ...record, account, revision: 1, createdAt: now, updatedAt: now };
  const results = await db.batch([
    ...claim,
    insert,
    auditStatement(db, actor, { action: "record.create", target: id, before: null, after }, now),
    ...eventStatements(db, account, { type: "record.upserted", data: recordJson(asInserted) }, now),
    circumstances,
  ]);
  const inserted = results[claim.length]?.results[0] as RecordRow | undefined;
  const { taken, foreignNamespace, records, deleted, lagging } = results.at(-1)!.results[0] as Circumstances;
  if (inserted !== undefined) return { kind: "inserted", record: inserted, publishNamespace: lagging === 1 };
  if (foreignNamespace === 1) return { kind: "namespace of another" };
  if (taken === 1) return { kind: "taken" };
  if (deleted !== null && deleted >= (limits.deletedRecords ?? Number.POSITIVE_INFINITY))
    return { kind: "too many", what: "deleted records" };
  const full = limits.records !== null && records !== null && records >= limits.records;
  return { kind: "too many", what: full ? "records" : "namespaces" };
}

/** The record of an account with an id. */
export async function findRecord(db: D1Database, account: string, id: string): Promise<RecordRow | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM records WHERE id = ?1 AND account_id = ?2 AND state <> 'deleted'`)
    .bind(id, account)
    .first<RecordRow>();
}

/** Which of an account's records a list shows; null: all of them. */
export interface RecordFilter {
  namespace: string | null;
  resource: string | null;
}

/** A page of an account's records, oldest first, and how many there are on all pages. */
export async function listRecords(
  db: D1Database,
  account: string,
  { namespace, resource }: RecordFilter,
  page: { limit: number; offset: number },
): Promise<{ records: RecordRow[]; total: number }> {
  const where = `account_id = ?1 AND state <> 'deleted' AND (?2 IS NULL OR namespace = ?2)
                 AND (?3 IS NULL OR resource = ?3)`;
  const [records, total] = await db.batch([
    db
      .prepare(`SELECT ${COLUMNS} FROM records WHERE ${where} ORDER BY created_at, id LIMIT ?4 OFFSET ?5`)
      .bind(account, namespace, resource, page.limit, page.offset),
    db.prepare(`SELECT COUNT(*) AS total FROM records WHERE ${where}`).bind(account, namespace, resource),
  ]);
  return {
    records: records!.results as RecordRow[],
    total: (total!.results as { total: number }[])[0]!.total,
  };
}

/** Writes a record as changed from what was read. Null: it has changed or is gone since. */
export async function updateRecord(
  db: D1Database,
  actor: Actor,
  before: RecordRow,
  { data, ttl }: Pick<RecordRow, "data" | "ttl">,
  now: number,
): Promise<RecordRow | null> {
  const update = db
    .prepare(
      `UPDATE records SET data = ?3, ttl = ?4, revision = revision + 1, updated_at = ?5
       WHERE id = ?1 AND revision = ?2 AND state <> 'deleted' RETURNING ${COLUMNS}`,
    )
    .bind(before.id, before.revision, data, ttl, now);
  const change = {
    action: "record.update",
    target: before.id,
    before: { ttl: before.ttl, ...(await describeData(before.data)) },
    after: { ttl, ...(await describeData(data)) },
  };
  const asUpdated = { ...before, data, ttl, updatedAt: now };
  const [updated] = await db.batch<RecordRow>([
    update,
    auditStatement(db, actor, change, now),
    ...eventStatements(db, before.account, { type: "record.upserted", data: recordJson(asUpdated) }, now),
  ]);
  return updated?.results[0] ?? null;
}

/** Marks a record as deleted and drops its data, which frees its key. False: it has changed or is gone since. */
export async function deleteRecord(db: D1Database, actor: Actor, before: RecordRow, now: number): Promise<boolean> {
  const remove = db
    .prepare(
      `UPDATE records SET state = 'deleted', data = '', revision = revision + 1, updated_at = ?3
       WHERE id = ?1 AND revision = ?2 AND state <> 'deleted'`,
    )
    .bind(before.id, before.revision, now);
  const change = {
    action: "record.delete",
    target: before.id,
    before: { key: before.key, ttl: before.ttl, ...(await describeData(before.data)) },
    after: null,
  };
  // The data is gone for good, so the event does not contain it either.
  const { data: _, ...gone } = recordJson(before);
  const [removed] = await db.batch([
    remove,
    auditStatement(db, actor, change, now),
    ...eventStatements(db, before.account, { type: "record.deleted", data: gone }, now),
  ]);
  return (removed?.meta.changes ?? 0) > 0;
}
