import { type Actor, auditStatement } from "./audit-log.ts";

/** Tells an account that somebody has a link now that signs in as its owner. */
export async function noteSignInLink(
  db: D1Database,
  { account, ...by }: Omit<Actor, "mode">,
  email: string,
  now: number,
): Promise<void> {
  const change = { action: "account.sign_in_link", target: account, before: null, after: { email } };
  await db.batch([
    // The log writes only of what has been done: the account is there.
    db.prepare("UPDATE accounts SET id = id WHERE id = ?1").bind(account),
    auditStatement(db, { ...by, account, mode: "live" }, change, now),
  ]);
}
