import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import type { NamespaceRow } from "./namespace.ts";
import { namespaceJson } from "./namespace-json.ts";
import { eventStatements } from "./webhooks/outbox.ts";

/** The columns of a {@link NamespaceRow}. */
export const NAMESPACE_COLUMNS = `name, account_id AS account, visibility, revision, created_at AS createdAt, updated_at AS updatedAt,
                 (SELECT COUNT(*) FROM records WHERE namespace = name AND state <> 'deleted') AS records`;

/** The namespace of an account with a name. */
export async function findNamespace(db: D1Database, account: string, name: string): Promise<NamespaceRow | null> {
  return db
    .prepare(`SELECT ${NAMESPACE_COLUMNS} FROM namespaces WHERE name = ?1 AND account_id = ?2 AND state = 'active'`)
    .bind(name, account)
    .first<NamespaceRow>();
}

/** A page of an account's namespaces, by name, and how many there are on all pages. */
export async function listNamespaces(
  db: D1Database,
  account: string,
  page: { limit: number; offset: number },
): Promise<{ namespaces: NamespaceRow[]; total: number }> {
  const where = "account_id = ?1 AND state = 'active'";
  const [namespaces, total] = await db.batch([
    db
      .prepare(`SELECT ${NAMESPACE_COLUMNS} FROM namespaces WHERE ${where} ORDER BY name LIMIT ?2 OFFSET ?3`)
      .bind(account, page.limit, page.offset),
    db.prepare(`SELECT COUNT(*) AS total FROM namespaces WHERE ${where}`).bind(account),
  ]);
  return {
    namespaces: namespaces!.results as NamespaceRow[],
    total: (total!.results as { total: number }[])[0]!.total,
  };
}

/** Makes a namespace public or private. Null: it has changed or is gone since it was read. */
export async function setVisibility(
  db: D1Database,
  actor: Actor,
  before: NamespaceRow,
  visibility: NamespaceRow["visibility"],
  now: number,
): Promise<NamespaceRow | null> {
  const update = db
    .prepare(
      `UPDATE namespaces SET visibility = ?3, revision = revision + 1, updated_at = ?4
       WHERE name = ?1 AND account_id = ?2 AND revision = ?5 AND state = 'active' RETURNING ${NAMESPACE_COLUMNS}`,
    )
    .bind(before.name, actor.account, visibility, now, before.revision);
  const change = {
    action: "namespace.update",
    target: before.name,
    before: { visibility: before.visibility },
    after: { visibility },
  };
  const data = namespaceJson({ ...before, visibility, updatedAt: now });
  const [updated] = await db.batch<NamespaceRow>([
    update,
    auditStatement(db, actor, change, now),
    ...eventStatements(db, actor.account, { type: "namespace.upserted", data }, now),
  ]);
  return updated?.results[0] ?? null;
}

/** Deletes a namespace without records, and its query tokens. False: it has records, or is gone. */
export async function deleteNamespace(
  db: D1Database,
  actor: Actor,
  before: NamespaceRow,
  now: number,
): Promise<boolean> {
  const remove = db
    .prepare(
      `UPDATE namespaces SET state = 'deleted', revision = revision + 1, updated_at = ?3
       WHERE name = ?1 AND account_id = ?2 AND state = 'active'
         AND NOT EXISTS (SELECT 1 FROM records WHERE namespace = ?1 AND state <> 'deleted')`,
    )
    .bind(before.name, actor.account, now);
  const change = {
    action: "namespace.delete",
    target: before.name,
    before: { visibility: before.visibility },
    after: null,
  };
  const [removed] = await db.batch([
    remove,
    auditStatement(db, actor, change, now),
    ...eventStatements(db, actor.account, { type: "namespace.deleted", data: namespaceJson(before) }, now),
    db
      .prepare(
        `DELETE FROM query_tokens WHERE namespace = ?1
         AND EXISTS (SELECT 1 FROM namespaces WHERE name = ?1 AND state = 'deleted')`,
      )
      .bind(before.name),
  ]);
  return (removed?.meta.changes ?? 0) > 0;
}
