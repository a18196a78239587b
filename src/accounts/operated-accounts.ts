import { type Change, changeAsRead } from "../db/change-as-read.ts";
import type { Page } from "../db/position.ts";
import { type Actor, auditStatement } from "./audit-log.ts";
import { EmailTaken, type FirstKeys, firstKeys, othersOf } from "./create-account.ts";
import { difference } from "./difference.ts";
import { boundEndedKeys } from "./ended-keys.ts";
import type { Plan } from "./plans.ts";

/** An account as the operator sees it. Times in ms since the epoch. */
export interface OperatedAccount {
  id: string;
  name: string;
  email: string;
  plan: Plan;
  state: "active" | "suspended";
  /** The operator's reason, as a sentence. */
  suspendedFor: string | null;
  createdAt: number;
  /** The number of zones, live and test together. */
  zones: number;
  records: number;
}

/** What an operator looks for; absent fields match everything. */
export interface AccountFilter {
  email?: string | undefined;
  state?: OperatedAccount["state"] | undefined;
  plan?: Plan | undefined;
  /** Name or id of one of its zones. */
  zone?: string | undefined;
}

/** The operator's request, for the audit log. */
export type OperatorRequest = Pick<Actor, "actor" | "address" | "requestId">;

const COLUMNS = `id, name, email, plan, state, suspended_for AS suspendedFor, created_at AS createdAt,
  (SELECT COUNT(*) FROM zones WHERE account_id = accounts.id AND zones.state <> 'deleted') AS zones,
  (SELECT COUNT(*) FROM records WHERE account_id = accounts.id AND records.state <> 'deleted') AS records`;

/** Accounts, oldest first. */
export async function listAccounts(db: D1Database, filter: AccountFilter, page: Page): Promise<OperatedAccount[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { email = null, state = null, plan = null, zone = null } = filter;
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM accounts
       WHERE (created_at, id) > (?1, ?2) AND (?3 IS NULL OR email = ?3 COLLATE NOCASE) AND (?4 IS NULL OR state = ?4)
         AND (?5 IS NULL OR plan = ?5)
         AND (?6 IS NULL OR id IN (SELECT account_id FROM zones WHERE (name = ?6 OR id = ?6) AND state <> 'deleted'))
       ORDER BY created_at, id LIMIT ?7`,
    )
    .bind(createdAt, id, email, state, plan, zone, page.limit)
    .all<OperatedAccount>();
  return results;
}

export async function findAccount(db: D1Database, id: string): Promise<OperatedAccount | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM accounts WHERE id = ?1`).bind(id).first<OperatedAccount>();
}

/**
 * Changes the given fields and returns the account. If nothing changes, no trace is left. Throws {@link EmailTaken} if another
 * account has the new address.
 */
export async function changeAccount(
  db: D1Database,
  id: string,
  change: { [Field in "name" | "email" | "plan"]?: OperatedAccount[Field] | undefined },
  by: OperatorRequest,
  now: number,
): Promise<Change<OperatedAccount>> {
  return changeAsRead(
    () => findAccount(db, id),
    async (before) => {
      const { name = before.name, email = before.email, plan = before.plan } = change;
      const states = difference(logged(before), { name, email, plan });
      if (Object.keys(states.after).length === 0) return before;
      const update = db
        .prepare(
          `UPDATE accounts SET name = ?2, email = ?3, plan = ?4
           WHERE id = ?1 AND name = ?5 AND email = ?6 AND plan = ?7 AND (?3 = ?6 OR NOT EXISTS (${othersOf("?3", "?1")}))
           RETURNING ${COLUMNS}`,
        )
        .bind(id, name, email, plan, before.name, before.email, before.plan);
      const entry = { action: "account.update", target: id, ...states };
      const results = await db.batch<OperatedAccount>([
        update,
        auditStatement(db, operator(id, by), entry, now),
        db.prepare(othersOf("?1", "?2")).bind(email, id),
      ]);
      const [updated, , others] = results.map(({ results: [first] }) => first);
      if (updated === undefined && others !== undefined && email !== before.email) throw new EmailTaken(others.id);
      return updated ?? null;
    },
  );
}

/** Suspends an account, or changes the reason; null: there is no such account. Nothing that it has is touched. */
export async function suspendAccount(
  db: D1Database,
  id: string,
  reason: string,
  by: OperatorRequest,
  now: number,
): Promise<OperatedAccount | null> {
  const update = db
    .prepare(
      `UPDATE accounts SET state = 'suspended', suspended_for = ?2, revision = revision + 1
       WHERE id = ?1 AND (state = 'active' OR suspended_for <> ?2)`,
    )
    .bind(id, reason);
  const entry = { action: "account.suspend", target: id, before: null, after: { reason } };
  await db.batch([update, auditStatement(db, operator(id, by), entry, now)]);
  return findAccount(db, id);
}

/** Lets a suspended account go on as before; null: there is no such account. */
export async function resumeAccount(
  db: D1Database,
  id: string,
  by: OperatorRequest,
  now: number,
): Promise<OperatedAccount | null> {
  const update = db
    .prepare(
      `UPDATE accounts SET state = 'active', suspended_for = NULL, revision = revision + 1
       WHERE id = ?1 AND state = 'suspended'`,
    )
    .bind(id);
  const entry = { action: "account.resume", target: id, before: null, after: null };
  await db.batch([update, auditStatement(db, operator(id, by), entry, now)]);
  return findAccount(db, id);
}

/**
 * Makes a new key of each kind for an account whose keys were lost or stolen, even beyond the plan's limit; null: there is no
 * such account.
 *
 * @param revoke whether all its existing keys end now
 */
export async function recoverAccount(
  db: D1Database,
  id: string,
  revoke: boolean,
  by: OperatorRequest,
  now: number,
): Promise<FirstKeys | null> {
  if ((await findAccount(db, id)) === null) return null;
  const { keys, statements } = await firstKeys(db, id, now);
  const end = db
    .prepare("UPDATE api_keys SET revoked_at = ?2 WHERE account_id = ?1 AND (revoked_at IS NULL OR revoked_at > ?2)")
    .bind(id, now);
  const entry = { action: "account.recover", target: id, before: null, after: { keys_revoked: revoke } };
  await db.batch([
    ...(revoke ? [end] : []),
    ...statements,
    auditStatement(db, operator(id, by), entry, now),
    ...boundEndedKeys(db, { account: id, product: "rescdn" }, now),
    ...boundEndedKeys(db, { account: id, product: "resolvedb" }, now),
  ]);
  return keys;
}

/** The operator, as named in an account's audit log. */
export function operator(account: string, by: OperatorRequest): Actor {
  return { ...by, account, mode: "live" };
}

function logged({ name, email, plan }: OperatedAccount) {
  return { name, email, plan };
}
