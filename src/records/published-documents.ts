import { type NamespaceDocument, namespaceDocumentKey, type RecordDocument, recordDocumentKey } from "./documents.ts";

/** The document that the zone table should have for a key, made from its newest record; null: there never was one. */
export async function recordDocumentOf(db: D1Database, key: string): Promise<RecordDocument | null> {
  return db
    .prepare(
      `SELECT id, account_id AS account, key, namespace, resource, version, data, ttl,
              created_at AS createdAt, updated_at AS updatedAt, revision, state
       FROM records WHERE key = ?1 ORDER BY revision DESC LIMIT 1`,
    )
    .bind(key)
    .first<RecordDocument>();
}

/** Records that the table has a record. Earlier records with the same key have nothing left to publish. */
export async function markRecordPublished(db: D1Database, { key, revision }: RecordDocument): Promise<void> {
  await db
    .prepare(
      `UPDATE records SET published_revision = MIN(revision, ?2)
       WHERE key = ?1 AND published_revision < MIN(revision, ?2)`,
    )
    .bind(key, revision)
    .run();
}

/** The document that the zone table should have for a namespace; null: there never was one. */
export async function namespaceDocumentOf(db: D1Database, name: string): Promise<NamespaceDocument | null> {
  return db
    .prepare("SELECT name, account_id AS account, visibility, revision, state FROM namespaces WHERE name = ?1")
    .bind(name)
    .first<NamespaceDocument>();
}

/** Records that the table has a namespace. */
export async function markNamespacePublished(db: D1Database, { name, revision }: NamespaceDocument): Promise<void> {
  await db
    .prepare("UPDATE namespaces SET published_revision = ?2 WHERE name = ?1 AND published_revision < ?2")
    .bind(name, revision)
    .run();
}

/** The zone table's keys of records and namespaces whose newest change has not reached it; namespaces come first. */
export async function laggingDocumentKeys(db: D1Database, limit: number): Promise<string[]> {
  const [namespaces, records] = await db.batch<{ name: string }>([
    db.prepare("SELECT name FROM namespaces WHERE published_revision < revision ORDER BY name LIMIT ?1").bind(limit),
    db
      .prepare("SELECT DISTINCT key AS name FROM records WHERE published_revision < revision ORDER BY key LIMIT ?1")
      .bind(limit),
  ]);
  return [
    ...(namespaces?.results ?? []).map(({ name }) => namespaceDocumentKey(name)),
    ...(records?.results ?? []).map(({ name }) => recordDocumentKey(name)),
  ].slice(0, limit);
}
