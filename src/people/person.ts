import { auditStatement } from "../accounts/audit-log.ts";
import { newId } from "../db/new-id.ts";
import type { Settings } from "../settings.ts";
import type { Role } from "./roles.ts";

/** Somebody who is signed in. */
export interface Person {
  id: string;
  email: string;
  name: string;
  /** Id of the session. */
  session: string;
  /** The session's cookie, which only the person has. */
  cookie: string;
  isOperator: boolean;
}

/** An account that a person acts for. */
export interface Membership {
  account: string;
  name: string;
  plan: "free" | "pro" | "enterprise";
  state: "active" | "suspended";
  role: Role;
}

/** The accounts that a person acts for, by name. */
export async function membershipsOf(db: D1Database, person: string): Promise<Membership[]> {
  const { results } = await db
    .prepare(
      `SELECT accounts.id AS account, name, plan, state, role FROM members JOIN accounts ON accounts.id = account_id
       WHERE person_id = ?1 ORDER BY name COLLATE NOCASE, accounts.id`,
    )
    .bind(person)
    .all<Membership>();
  return results;
}

/**
 * Makes a person the owner of accounts that have their address but no member yet. Whoever has proven to have an account's
 * address is whom it was made for.
 *
 * @param address of the client that they sign in from; null: unknown
 * @param now ms since the epoch
 */
export async function takeOwnAccounts(db: D1Database, id: string, address: string | null, now: number): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT accounts.id AS account, people.email FROM people JOIN accounts ON accounts.email = people.email COLLATE NOCASE
       WHERE people.id = ?1 AND email_verified AND NOT EXISTS (SELECT 1 FROM members WHERE account_id = accounts.id)`,
    )
    .bind(id)
    .all<{ account: string; email: string }>();
  for (const { account, email } of results) {
    const actor = { account, mode: "live", actor: id, address, requestId: newId("req") } as const;
    const change = { action: "member.join", target: id, before: null, after: { email, role: "owner" } };
    await db.batch([
      db
        .prepare(
          `INSERT INTO members (account_id, person_id, role, created_at)
           SELECT ?1, ?2, 'owner', ?3 WHERE NOT EXISTS (SELECT 1 FROM members WHERE account_id = ?1)`,
        )
        .bind(account, id, now),
      auditStatement(db, actor, change, now),
    ]);
  }
}

/** Makes a person the owner of an account that is created in the same batch, if it is. */
export function ownerStatement(db: D1Database, account: string, person: string, now: number): D1PreparedStatement {
  return db
    .prepare("INSERT INTO members SELECT id, ?2, 'owner', ?3 FROM accounts WHERE id = ?1")
    .bind(account, person, now);
}

/** Whether an address belongs to an operator. */
export function isOperatorAddress(email: string, { operators }: Pick<Settings, "operators">): boolean {
  return operators.has(email.toLowerCase());
}
