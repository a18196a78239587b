import { type Actor, auditStatement } from "./audit-log.ts";

/** Records for an account that somebody got a link that signs in as its owner. */
export async function noteSignInLink(
  db: D1Database,
  { account, ...by }: Omit<Actor, "mode">,
  email: string,
  now: number,
): Promise<void> {
  const change = { action: "account.sign_in_link", target: account, before: null, after: { email } };
  await db.batch([
    // The audit log only records changes that happened, so this statement changes a row of the account without effect.
    db.prepare("UPDATE accounts SET id = id WHERE id = ?1").bind(account),
    auditStatement(db, { ...by, account, mode: "live" }, change, now),
  ]);
}
