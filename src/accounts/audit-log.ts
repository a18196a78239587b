import { BOUNDS, LARGEST } from "../db/bounds.ts";
import { newId } from "../db/new-id.ts";
import { shortened } from "./shortened.ts";

/** Who changes something, and with which request. */
export interface Actor {
  account: string;
  mode: "live" | "test";
  /** Id of the API key or of the person, or `operator`. */
  actor: string;
  /** As {@link clientAddress} gives it. */
  address: string | null;
  requestId: string;
}

/**
 * A change as the audit log keeps it. `before` and `after` must not contain secrets. If a part of them is large, only its size
 * is kept.
 */
export interface Change {
  /** What was done, such as `zone.create`. */
  action: string;
  /** Id of what was changed. */
  target: string;
  before: unknown;
  after: unknown;
}

/**
 * Writes a change into the audit log. It comes directly after the statement that makes the change, in the same batch and
 * transaction, and writes nothing if that statement changed nothing. If an account has as many entries as it may, the newest
 * replaces the oldest.
 *
 * @param now ms since the epoch
 */
export function auditStatement(db: D1Database, actor: Actor, change: Change, now: number): D1PreparedStatement {
  return db
    .prepare(
      `INSERT OR REPLACE INTO audit_log (id, account_id, mode, at, actor, action, target, address, request_id, before, after,
                                         number, place)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, newest + 1,
              CASE WHEN newest - oldest + 1 < rows THEN newest + 1
                   ELSE (SELECT place FROM audit_log WHERE account_id = ?2 AND number = oldest) END
       FROM (SELECT COALESCE((SELECT MAX(number) FROM audit_log WHERE account_id = ?2), 0) AS newest,
                    COALESCE((SELECT MIN(number) FROM audit_log WHERE account_id = ?2), 1) AS oldest,
                    (SELECT ?12 ->> plan FROM accounts WHERE id = ?2) AS rows)
       WHERE changes() > 0`,
    )
    .bind(
      newId("audit"),
      actor.account,
      actor.mode,
      now,
      actor.actor,
      change.action,
      change.target,
      actor.address,
      actor.requestId,
      jsonOrNull(change.before),
      jsonOrNull(change.after),
      JSON.stringify(BOUNDS.audit_log.rows),
    );
}

function jsonOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(shortened(value, LARGEST.auditState));
}
