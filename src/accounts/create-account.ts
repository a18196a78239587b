import { newId } from "../db/new-id.ts";
import { type Actor, auditStatement } from "./audit-log.ts";
import { insertKeyStatement, type Key } from "./key-rows.ts";
import type { Plan } from "./plans.ts";
import { SCOPES } from "./scopes.ts";
import { newToken, TOKEN_KINDS, type TokenKind, visiblePrefix } from "./token.ts";

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

/** There is an account with this e-mail address. */
export class EmailTaken extends Error {
  readonly account: string;

  constructor(account: string) {
    super(`the account ${account} has this e-mail address already: a customer has one account`);
    this.account = account;
  }
}

/**
 * Creates an account with one key of each kind, in one transaction. Throws {@link EmailTaken} where another one has the e-mail
 * address already, in whatever case: the two would share neither zones nor limits.
 *
 * @param by the operator's request, for the audit log
 * @param now ms since the epoch
 */
export async function createAccount(
  db: D1Database,
  account: NewAccount,
  now: number,
  by: Pick<Actor, "address" | "requestId"> = { address: null, requestId: "" },
): Promise<CreatedAccount> {
  const id = newId("acct");
  const keys = { live: newToken("rk_live"), test: newToken("rk_test"), resolvedb: newToken("rdb_live") };
  const actor = { ...by, account: id, mode: "live", actor: "operator" } as const;
  const [, , , , , owner] = await db.batch<{ id: string }>([
    db
      .prepare(
        `INSERT INTO accounts (id, name, email, plan, created_at) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE lower(email) = lower(?3))`,
      )
      .bind(id, account.name, account.email, account.plan, now),
    auditStatement(db, actor, { action: "account.create", target: id, before: null, after: account }, now),
    await firstKey(db, id, "rk_live", keys.live, now),
    await firstKey(db, id, "rk_test", keys.test, now),
    await firstKey(db, id, "rdb_live", keys.resolvedb, now),
    db.prepare("SELECT id FROM accounts WHERE lower(email) = lower(?1) ORDER BY created_at, id").bind(account.email),
  ]);
  const taken = owner?.results[0]?.id;
  if (taken !== undefined && taken !== id) throw new EmailTaken(taken);
  return { account: { ...account, id, createdAt: now }, keys };
}

/** A key with all scopes of its product. */
function firstKey(db: D1Database, account: string, kind: TokenKind, token: string, now: number) {
  const { product, mode } = TOKEN_KINDS[kind];
  const key: Key = {
    id: newId("key"),
    name: "first key",
    prefix: visiblePrefix(token),
    mode,
    scopes: SCOPES[product],
    zones: null,
    createdAt: now,
    expiresAt: null,
    lastUsedAt: null,
    revokedAt: null,
  };
  return insertKeyStatement(db, { account, product }, key, token, {
    sql: "EXISTS (SELECT 1 FROM accounts WHERE id = ?2)",
  });
}
