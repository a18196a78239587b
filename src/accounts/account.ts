import type { Caller } from "./authenticate.ts";
import { countOfKeys } from "./key-rows.ts";
import type { Plan } from "./plans.ts";

/** An account and how much of its plan it uses, live and test together. */
export interface Account {
  id: string;
  name: string;
  email: string;
  plan: Plan;
  /** Ms since the epoch. */
  createdAt: number;
  zones: number;
  /** Keys of the caller's product that are still valid. */
  keys: number;
}

/** The caller's account. */
export async function readAccount(db: D1Database, caller: Caller, now: number): Promise<Account> {
  const account = await db
    .prepare(
      `SELECT id, name, email, plan, created_at AS createdAt,
              (SELECT COUNT(*) FROM zones WHERE account_id = ?1 AND state <> 'deleted') AS zones,
              ${countOfKeys("?1", "?2", "?3")} AS keys
       FROM accounts WHERE id = ?1`,
    )
    .bind(caller.account, caller.product, now)
    .first<Account>();
  if (account === null) throw new Error(`the account ${caller.account} of a valid key is missing`);
  return account;
}
