import type { AccountDocument } from "./account-document.ts";

/** The document that the zone table should hold for an account; null where there is no such account. */
export async function accountDocumentOf(db: D1Database, id: string): Promise<AccountDocument | null> {
  return db
    .prepare("SELECT id, state, stopped_until AS stoppedUntil, revision FROM accounts WHERE id = ?1")
    .bind(id)
    .first<AccountDocument>();
}

/** Notes that the table holds an account's document. */
export async function markAccountPublished(db: D1Database, { id, revision }: AccountDocument): Promise<void> {
  await db
    .prepare("UPDATE accounts SET published_revision = ?2 WHERE id = ?1 AND published_revision < ?2")
    .bind(id, revision)
    .run();
}

/** Accounts whose newest change the table does not hold. */
export async function laggingAccounts(db: D1Database, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM accounts WHERE published_revision < revision ORDER BY id LIMIT ?1")
    .bind(limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
