import type { Settings, SignUp } from "../settings.ts";

/**
 * Whether somebody who is not yet a person here may become one. The owner of an account's address always may: the account was
 * made for them.
 *
 * @param email in lower case
 */
export async function maySignUp(
  db: D1Database,
  { signUp, operators }: { signUp: SignUp; operators: Settings["operators"] },
  email: string,
): Promise<boolean> {
  if (signUp === "open" || operators.has(email)) return true;
  const found = await db
    .prepare(
      `SELECT 1 FROM accounts WHERE email = ?1 COLLATE NOCASE
       UNION ALL SELECT 1 FROM invitations WHERE email = ?1 AND ?2 LIMIT 1`,
    )
    .bind(email, signUp === "invited" ? 1 : 0)
    .first();
  return found !== null;
}
