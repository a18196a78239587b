import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { VERSION_FLOOR } from "../db/version-floor.ts";
import type { NamespaceRow } from "./namespace.ts";
import { namespaceJson } from "./namespace-json.ts";
import { NAMESPACE_COLUMNS } from "./namespace-rows.ts";
import { eventStatements } from "./webhooks/outbox.ts";

/** How much of the tables an account may fill; null: no limit. */
export interface NamespaceLimits {
  records: number | null;
  namespaces: number | null;
  /** Deleted records, whose keys are remembered for a while. */
  deletedRecords: number | null;
  deletedNamespaces: number;
}

/**
 * How long only its former account may take the name of a deleted namespace, so that nobody else can answer those who still
 * read names in it.
 */
const HELD_MS = 30 * 86_400_000;

/**
 * SQL: whether a row of `namespaces` withholds its name from an account.
 *
 * @param now a placeholder for a time in ms since the epoch
 */
export function takenByAnother(account: string, now: string): string {
  return `(account_id <> ${account} AND (state = 'active' OR updated_at > ${now} - ${HELD_MS}))`;
}

/**
 * Statements that give the account a namespace, if nobody has it and the account is within its limits, with their entry in the
 * audit log and their event for webhooks. The first returns its row if it succeeded.
 *
 * @param namespace with the number of records that the same transaction stores in it
 */
export function claimStatements(
  db: D1Database,
  actor: Actor,
  namespace: Pick<NamespaceRow, "name" | "visibility" | "records">,
  limits: NamespaceLimits,
  now: number,
): D1PreparedStatement[] {
  const { name, visibility } = namespace;
  const claim = db
    .prepare(
      `INSERT INTO namespaces (name, account_id, visibility, state, revision, created_at, updated_at)
       SELECT ?1, ?2, ?3, 'active', 1 + ${VERSION_FLOOR}, ?4, ?4
       WHERE NOT EXISTS (SELECT 1 FROM namespaces WHERE name = ?1 AND state = 'active')
         AND (?5 IS NULL OR (SELECT COUNT(*) FROM records WHERE account_id = ?2 AND state <> 'deleted') < ?5)
         AND (?6 IS NULL OR (SELECT COUNT(*) FROM namespaces WHERE account_id = ?2 AND state = 'active') < ?6)
         AND (?8 IS NULL OR (SELECT COUNT(*) FROM records WHERE account_id = ?2 AND state = 'deleted') < ?8)
         AND ((SELECT COUNT(*) FROM namespaces WHERE account_id = ?2 AND state = 'deleted') < ?7
              OR EXISTS (SELECT 1 FROM namespaces WHERE name = ?1 AND account_id = ?2))
       ON CONFLICT (name) DO UPDATE
       SET account_id = ?2, visibility = ?3, state = 'active', revision = revision + 1, created_at = ?4, updated_at = ?4
       WHERE state = 'deleted' AND NOT ${takenByAnother("?2", "?4")}
       RETURNING ${NAMESPACE_COLUMNS}`,
    )
    .bind(
      name,
      actor.account,
      visibility,
      now,
      limits.records,
      limits.namespaces,
      limits.deletedNamespaces,
      limits.deletedRecords,
    );
  const change = { action: "namespace.create", target: name, before: null, after: { visibility } };
  const data = namespaceJson({ ...namespace, createdAt: now, updatedAt: now });
  return [
    claim,
    auditStatement(db, actor, change, now),
    ...eventStatements(db, actor.account, { type: "namespace.upserted", data }, now),
  ];
}

/** The result of creating a namespace. */
export type ClaimResult =
  | { kind: "claimed"; namespace: NamespaceRow }
  | { kind: "own already" }
  | { kind: "of another" }
  | { kind: "too many" };

/** Gives the account a namespace before there is a record in it. */
export async function createNamespace(
  db: D1Database,
  actor: Actor,
  namespace: Pick<NamespaceRow, "name" | "visibility">,
  limits: NamespaceLimits,
  now: number,
): Promise<ClaimResult> {
  const circumstances = db
    .prepare(
      `SELECT account_id = ?2 AND state = 'active' AS own, ${takenByAnother("?2", "?3")} AS foreignNamespace
       FROM namespaces WHERE name = ?1`,
    )
    .bind(namespace.name, actor.account, now);
  const claim = claimStatements(
    db,
    actor,
    { ...namespace, records: 0 },
    { ...limits, records: null, deletedRecords: null },
    now,
  );
  const results = await db.batch([...claim, circumstances]);
  const claimed = results[0]?.results[0] as NamespaceRow | undefined;
  if (claimed !== undefined) return { kind: "claimed", namespace: claimed };
  const found = results.at(-1)?.results[0] as { own: number; foreignNamespace: number } | undefined;
  if (found?.foreignNamespace === 1) return { kind: "of another" };
  return { kind: found?.own === 1 ? "own already" : "too many" };
}
