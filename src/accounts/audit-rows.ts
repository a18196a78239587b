import type { Page } from "../db/position.ts";
import type { Actor, Change } from "./audit-log.ts";
import type { Caller } from "./authenticate.ts";

/** A row of the audit log. */
export interface AuditRow extends Change, Pick<Actor, "actor" | "address" | "requestId"> {
  id: string;
  /** Ms since the epoch. */
  createdAt: number;
  /** The key's name, or the person's address; null: the actor is the operator, or is long gone. */
  actorName: string | null;
  /** Whether the actor is a member of the account now. */
  isByMember: boolean;
}

/** What a reader looks for; absent fields match everything. Times in ms since the epoch: from `from`, before `to`. */
export interface AuditFilter {
  action?: string | undefined;
  target?: string | undefined;
  actor?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

type Row = Omit<AuditRow, "before" | "after" | "isByMember"> & {
  before: string | null;
  after: string | null;
  isByMember: 0 | 1;
};

/**
 * The changes in the caller's account and mode, newest first. A key that is restricted to zones sees those of its zones, and
 * its own.
 */
export async function listAudit(db: D1Database, caller: Caller, filter: AuditFilter, page: Page): Promise<AuditRow[]> {
  const { createdAt, id } = page.after ?? { createdAt: Number.MAX_SAFE_INTEGER, id: "" };
  const { results } = await db
    .prepare(
      `SELECT id, at AS createdAt, actor, action, target, address, request_id AS requestId, before, after,
              COALESCE((SELECT name FROM api_keys WHERE api_keys.id = actor), (SELECT email FROM people WHERE people.id = actor)) AS actorName,
              EXISTS (SELECT 1 FROM members WHERE members.account_id = ?1 AND person_id = actor) AS isByMember
       FROM audit_log
       WHERE account_id = ?1 AND mode = ?2 AND (at, id) < (?3, ?4) AND at >= ?5 AND at < ?6
         AND (?7 IS NULL OR action = ?7) AND (?8 IS NULL OR target = ?8) AND (?9 IS NULL OR actor = ?9)
         AND (?10 IS NULL OR actor = ?11 OR target IN (SELECT value FROM json_each(?10)))
       ORDER BY at DESC, id DESC LIMIT ?12`,
    )
    .bind(
      caller.account,
      caller.mode,
      createdAt,
      id,
      filter.from ?? 0,
      filter.to ?? Number.MAX_SAFE_INTEGER,
      filter.action ?? null,
      filter.target ?? null,
      filter.actor ?? null,
      caller.zones && JSON.stringify(caller.zones),
      caller.keyId,
      page.limit,
    )
    .all<Row>();
  return results.map((row) => ({
    ...row,
    before: parse(row.before),
    after: parse(row.after),
    isByMember: row.isByMember === 1,
  }));
}

function parse(json: string | null): unknown {
  return json === null ? null : JSON.parse(json);
}
