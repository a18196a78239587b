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

/** An account with its time of creation, ms since the epoch. */
type Account = NewAccount & { id: string; createdAt: number };

/** An account and its first keys, which cannot be read again. */
export interface CreatedAccount {
  account: Account;
  keys: FirstKeys;
}

/** One token of each kind. */
export interface FirstKeys {
  live: string;
  test: string;
  resolvedb: string;
}

/** Another account has this e-mail address. */
export class EmailTaken extends Error {
  readonly account: string;

  constructor(account: string) {
    super(`the account ${account} already has this e-mail address: a customer has one account`);
    this.account = account;
  }
}

/**
 * Creates an account with one key of each kind, in one transaction. Throws {@link EmailTaken} if another account has the e-mail
 * address, in any case: the two would share neither zones nor limits.
 *
 * @param by whose request it is, for the audit log
 * @param now ms since the epoch
 */
export async function createAccount(
  db: D1Database,
  account: NewAccount,
  now: number,
  by: Pick<Actor, "actor" | "address" | "requestId"> = { actor: "operator", address: null, requestId: "" },
): Promise<CreatedAccount> {
  const id = newId("acct");
  const { keys, statements } = await firstKeys(db, id, now);
  return { account: await insertAccount(db, id, account, statements, now, by), keys };
}

/**
 * Creates an account as {@link createAccount} does, but without keys: for a person who signs in, and makes the keys that they
 * need.
 *
 * @param owner makes them the owner of the account with an id, if it exists
 */
export async function createAccountOfPerson(
  db: D1Database,
  account: NewAccount,
  owner: (id: string) => D1PreparedStatement,
  now: number,
  by: Pick<Actor, "actor" | "address" | "requestId">,
): Promise<Account> {
  const id = newId("acct");
  return insertAccount(db, id, account, [owner(id)], now, by);
}

async function insertAccount(
  db: D1Database,
  id: string,
  account: NewAccount,
  statements: readonly D1PreparedStatement[],
  now: number,
  by: Pick<Actor, "actor" | "address" | "requestId">,
): Promise<Account> {
  const actor = { ...by, account: id, mode: "live" } as const;
  const results = await db.batch<{ id: string }>([
    db
      .prepare(
        `INSERT INTO accounts (id, name, email, plan, created_at) SELECT ?1, ?2, ?3, ?4, ?5
         WHERE NOT EXISTS (${othersOf("?3", "?1")})`,
      )
      .bind(id, account.name, account.email, account.plan, now),
    auditStatement(db, actor, { action: "account.create", target: id, before: null, after: account }, now),
    ...statements,
    db.prepare(othersOf("?1", "?2")).bind(account.email, id),
  ]);
  const taken = results.at(-1)?.results[0]?.id;
  if (taken !== undefined) throw new EmailTaken(taken);
  return { ...account, id, createdAt: now };
}

/** The accounts that have an e-mail address, in any case, except the one with an id: parameters of a statement. */
export function othersOf(email: string, id: string): string {
  return `SELECT other.id FROM accounts AS other WHERE other.email = ${email} COLLATE NOCASE AND other.id <> ${id}
          ORDER BY other.created_at, other.id`;
}

/** New keys of each kind with all scopes, and the statements that insert them. @param now ms since the epoch */
export async function firstKeys(
  db: D1Database,
  account: string,
  now: number,
): Promise<{ keys: FirstKeys; statements: D1PreparedStatement[] }> {
  const keys = { live: newToken("rk_live"), test: newToken("rk_test"), resolvedb: newToken("rdb_live") };
  const statements = [
    await firstKey(db, account, "rk_live", keys.live, now),
    await firstKey(db, account, "rk_test", keys.test, now),
    await firstKey(db, account, "rdb_live", keys.resolvedb, now),
  ];
  return { keys, statements };
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
