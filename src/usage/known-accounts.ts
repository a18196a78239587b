import type { AccountDocument } from "../accounts/account-document.ts";

/**
 * How long those who bring an account's counts are told what was published of it, ms. By then KV has long told everybody else.
 */
const TOLD_FOR_MS = 3_600_000;

/** What a meter was told about accounts lately, so that isolates know it within seconds, however long KV takes. */
export class KnownAccounts {
  readonly #sql: SqlStorage;
  readonly #documents: Map<string, { document: AccountDocument; at: number }>;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS known (id TEXT PRIMARY KEY, document TEXT NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    );
    const rows = sql.exec<{ id: string; document: string; at: number }>("SELECT id, document, at FROM known");
    this.#documents = new Map(
      rows.toArray().map(({ id, document, at }) => [id, { document: JSON.parse(document) as AccountDocument, at }]),
    );
  }

  /** @param now ms since the epoch */
  put(document: AccountDocument, now: number): void {
    const { id, revision } = document;
    if (revision <= (this.#documents.get(id)?.document.revision ?? -1)) return;
    this.#sql.exec(
      "INSERT OR REPLACE INTO known (id, document, at) VALUES (?1, ?2, ?3)",
      id,
      JSON.stringify(document),
      now,
    );
    this.#documents.set(id, { document, at: now });
    for (const [other, { at }] of this.#documents) {
      if (at > now - TOLD_FOR_MS) continue;
      this.#sql.exec("DELETE FROM known WHERE id = ?1", other);
      this.#documents.delete(other);
    }
  }

  /** What is known of these accounts. */
  of(accounts: Iterable<string>): AccountDocument[] {
    const known: AccountDocument[] = [];
    if (this.#documents.size === 0) return known;
    for (const account of accounts) {
      const found = this.#documents.get(account);
      if (found !== undefined) known.push(found.document);
    }
    return known;
  }
}
