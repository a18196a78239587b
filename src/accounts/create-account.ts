import { newId } from "../db/new-id.ts";
import type { Plan } from "./plans.ts";
import { SCOPES } from "./scopes.ts";
import { hashToken, newToken, TOKEN_KINDS, type TokenKind, visiblePrefix } from "./token.ts";

export interface NewAccount {
  name: string;
  email: string;
  plan: Plan;
}

/** An account, its time of creation in ms since the epoch, and its first keys, which nobody can read again. */
export interface CreatedAccount {
  account: NewAccount & { id: string; createdAt: number };
  keys: { live: string; test: string; resolvedb: string };
}

/** Creates an account with one key of each kind, in one transaction. */
export async function createAccount(db: D1Database, account: NewAccount, now: number): Promise<CreatedAccount> {
  const id = newId("acct");
  const keys = { live: newToken("rk_live"), test: newToken("rk_test"), resolvedb: newToken("rdb_live") };
  await db.batch([
    db
      .prepare("INSERT INTO accounts (id, name, email, plan, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")
      .bind(id, account.name, account.email, account.plan, now),
    await keyStatement(db, id, "rk_live", keys.live, now),
    await keyStatement(db, id, "rk_test", keys.test, now),
    await keyStatement(db, id, "rdb_live", keys.resolvedb, now),
  ]);
  return { account: { ...account, id, createdAt: now }, keys };
}

async function keyStatement(
  db: D1Database,
  account: string,
  kind: TokenKind,
  token: string,
  now: number,
): Promise<D1PreparedStatement> {
  const { product, mode } = TOKEN_KINDS[kind];
  return db
    .prepare(
      `INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'first key', ?7, ?8)`,
    )
    .bind(
      newId("key"),
      account,
      product,
      mode,
      await hashToken(token),
      visiblePrefix(token),
      SCOPES[product].join(" "),
      now,
    );
}
