import { DatabaseSync } from "node:sqlite";

/** How many names are shown of each kind. */
const SHOWN_NAMES = 20;

/**
 * What a restored database has that somebody had ended since the backup, and that is now valid again, as sentences for the
 * operator.
 *
 * @param before the backup of what was there before; null: unknown
 */
export function whatComesBack(restored: string, before: string | null): string[] {
  using database = new DatabaseSync(restored, { readOnly: true });
  const pending = count(database, "SELECT COUNT(*) AS count FROM webhook_deliveries WHERE state = 'pending'");
  const deliveries =
    pending === 0 ? [] : [`${pending} deliveries to webhooks are due, some of them for the second time`];
  if (before === null || !isOfSameVersion(database, before)) {
    return [
      "API keys and query tokens that were revoked since the backup work again, accounts that were suspended are active " +
        "again, and takedowns made since are lifted. Which these are is not known here",
      ...deliveries,
    ];
  }
  const usable = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > unixepoch('subsec') * 1000)";
  return [
    ...sentence(
      database,
      "API keys that were revoked since work again: revoke them again",
      `SELECT id || ' "' || name || '" of ' || account_id AS name FROM main.api_keys WHERE ${usable}
         AND id NOT IN (SELECT id FROM before.api_keys WHERE revoked_at IS NULL) ORDER BY id`,
    ),
    ...sentence(
      database,
      "API keys that were created since are gone: their holders need new ones",
      `SELECT id || ' "' || name || '" of ' || account_id AS name FROM before.api_keys WHERE ${usable}
         AND id NOT IN (SELECT id FROM main.api_keys) ORDER BY id`,
    ),
    ...sentence(
      database,
      "query tokens that were revoked since work again: revoke them again",
      `SELECT id || ' of ' || namespace AS name FROM main.query_tokens
       WHERE id NOT IN (SELECT id FROM before.query_tokens) ORDER BY id`,
    ),
    ...sentence(
      database,
      "takedowns that were made since are lifted: make them again",
      `SELECT zone || value || ' (' || reference || ')' AS name FROM before.takedowns
       WHERE id NOT IN (SELECT id FROM main.takedowns) ORDER BY 1`,
    ),
    ...deliveries,
  ];
}

/** Attaches what was there before, unless it has another version. */
function isOfSameVersion(database: DatabaseSync, before: string): boolean {
  database.prepare("ATTACH ? AS before").run(before);
  const missing = "SELECT name FROM main.d1_migrations EXCEPT SELECT name FROM before.d1_migrations";
  return count(database, `SELECT COUNT(*) AS count FROM (${missing})`) === 0;
}

function sentence(database: DatabaseSync, what: string, query: string): string[] {
  const all = count(database, `SELECT COUNT(*) AS count FROM (${query})`);
  if (all === 0) return [];
  const names = database.prepare(`${query} LIMIT ${SHOWN_NAMES}`).all() as { name: string }[];
  const others = all > names.length ? `, and ${all - names.length} more` : "";
  return [`${all} ${what}: ${names.map(({ name }) => name).join(", ")}${others}`];
}

function count(database: DatabaseSync, query: string): number {
  return (database.prepare(query).get() as { count: number }).count;
}
