import type { AccountDocument, AnnouncedTail } from "./account-document.ts";

/** The document that the zone table should have for an account; null: there is no such account. */
export async function accountDocumentOf(db: D1Database, id: string): Promise<AccountDocument | null> {
  const row = await db
    .prepare(
      `SELECT id, state, stopped_until AS stoppedUntil, revision,
              (SELECT json_group_array(json_object('zone', zone_id, 'until', until, 'fraction', fraction))
               FROM tails WHERE account_id = ?1) AS tails
       FROM accounts WHERE id = ?1`,
    )
    .bind(id)
    .first<Omit<AccountDocument, "tails"> & { tails: string }>();
  if (row === null) return null;
  const { tails: json, ...account } = row;
  const tails = JSON.parse(json) as AnnouncedTail[];
  return tails.length === 0 ? account : { ...account, tails };
}

/** Records that the table has an account's document. */
export async function markAccountPublished(db: D1Database, { id, revision }: AccountDocument): Promise<void> {
  await db
    .prepare("UPDATE accounts SET published_revision = ?2 WHERE id = ?1 AND published_revision < ?2")
    .bind(id, revision)
    .run();
}

/** Accounts whose newest change has not reached the table. */
export async function laggingAccounts(db: D1Database, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM accounts WHERE published_revision < revision ORDER BY id LIMIT ?1")
    .bind(limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
