import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { authenticate, type Caller } from "../../src/accounts/authenticate.ts";
import { createAccount } from "../../src/accounts/create-account.ts";
import { isWithin, type KeyRequest } from "../../src/accounts/key-powers.ts";
import { findKey, insertKeyStatement, type Key, listKeys } from "../../src/accounts/key-rows.ts";
import { createKey, revokeKey, rotateKey } from "../../src/accounts/keys.ts";
import { PLANS } from "../../src/accounts/plans.ts";
import { SCOPES } from "../../src/accounts/scopes.ts";
import { newToken, type Product } from "../../src/accounts/token.ts";
import { newEmail } from "../support/control-plane.ts";

const NOW = 1_800_000_000_000;
const ALL = { limit: 1_000, after: null };
let owner: Caller;

beforeEach(async () => {
  owner = await callerOf((await newAccount()).keys.live);
});

function newAccount() {
  return createAccount(env.DB, { name: "A", email: newEmail(), plan: "free" }, NOW);
}

async function callerOf(token: string, product: Product = "rescdn", now = NOW): Promise<Caller> {
  const result = await authenticate(env.DB, token, product, now);
  if (result.kind !== "authenticated") throw new Error(`the key is refused: ${result.reason}`);
  return result.caller;
}

const reasonFor = async (token: string, now: number) => {
  const result = await authenticate(env.DB, token, "rescdn", now);
  return result.kind === "refused" ? result.reason : result.kind;
};

const actorOf = ({ account, mode, keyId }: Caller) =>
  ({ account, mode, actor: keyId, address: null, requestId: "req_1" }) as const;

const create = (caller: Caller, request: KeyRequest = {}, now = NOW) =>
  createKey(env.DB, caller, { name: "new", ...request }, actorOf(caller), now);
const revoke = (caller: Caller, id: string, now = NOW) => revokeKey(env.DB, caller, id, actorOf(caller), now);
const rotate = (caller: Caller, id: string, grace = 0, now = NOW) =>
  rotateKey(env.DB, caller, id, grace, actorOf(caller), now);

async function created(caller: Caller, request: KeyRequest = {}, now = NOW) {
  const result = await create(caller, request, now);
  if (result.kind !== "created") throw new Error(`no key: ${result.kind}`);
  return result;
}

async function audited(account = owner.account) {
  const { results } = await env.DB.prepare(
    "SELECT action, target, actor, before, after FROM audit_log WHERE account_id = ?1 AND action LIKE 'key.%' ORDER BY rowid",
  )
    .bind(account)
    .all<{ action: string; target: string; actor: string; before: string | null; after: string | null }>();
  return results;
}

/** Fills an account to one key below its limit. */
async function fill(caller: Caller): Promise<void> {
  const limit = PLANS.free.rescdn.keys;
  const { key } = await created(caller);
  const statements = Array.from({ length: limit - 4 }, async (_, index) =>
    insertKeyStatement(env.DB, caller, { ...key, id: `${key.id}_${index}` }, newToken("rk_live"), { sql: "TRUE" }),
  );
  await env.DB.batch(await Promise.all(statements));
}

describe("createKey()", () => {
  it("makes a key with the powers that were asked for, which works at once", async () => {
    const request = { scopes: ["purge"], zones: ["zone_1"], expiresAt: NOW + 9 } as const;
    const { key, token } = await created(owner, request);
    expect(key).toMatchObject({ ...request, name: "new", mode: "live", createdAt: NOW, lastUsedAt: null });
    expect(token.startsWith(key.prefix)).toBe(true);
    expect(await callerOf(token)).toMatchObject({ ...request, keyId: key.id, account: owner.account });
    expect(await findKey(env.DB, owner, key.id, NOW)).toEqual(key);
  });

  it("makes keys of the caller's product and mode", async () => {
    const { keys } = await newAccount();
    for (const [token, product, prefix] of [
      [keys.live, "rescdn", /^rk_live_/],
      [keys.test, "rescdn", /^rk_test_/],
      [keys.resolvedb, "resolvedb", /^rdb_live_/],
    ] as const)
      expect((await created(await callerOf(token, product))).token).toMatch(prefix);
  });

  it("lets exactly as many of many at once pass as the plan allows, and logs those", async () => {
    await fill(owner);
    const before = (await audited()).length;
    const kinds = await Promise.all(Array.from({ length: 5 }, async () => (await create(owner)).kind));
    expect(kinds.sort()).toEqual(["created", "limit", "limit", "limit", "limit"]);
    expect(await audited()).toHaveLength(before + 1);
  });

  it("does not count keys that are revoked, expired or of another product or account", async () => {
    await fill(owner);
    const last = await created(owner, { expiresAt: NOW + 5 });
    expect(await create(owner)).toEqual({ kind: "limit", limit: 50 });
    expect((await create(await callerOf((await newAccount()).keys.live))).kind).toBe("created");
    const next = await created(owner, {}, NOW + 5);
    expect(next.key.id).not.toBe(last.key.id);
    await revoke(owner, next.key.id, NOW + 6);
    expect((await create(owner, {}, NOW + 6)).kind).toBe("created");
  });
});

describe("revokeKey()", () => {
  it("ends a key at once, once", async () => {
    const { key, token } = await created(owner);
    expect(await revoke(owner, key.id)).toBe(true);
    expect(await reasonFor(token, NOW)).toBe("revoked");
    expect(await findKey(env.DB, owner, key.id, NOW)).toBeNull();
    expect(await revoke(owner, key.id)).toBe(false);
    expect((await audited()).map(({ action }) => action)).toEqual(["key.create", "key.revoke"]);
  });
});

describe("rotateKey()", () => {
  it("gives a new key the name and powers of the old one, which ends after the grace", async () => {
    const old = await created(owner, { scopes: ["purge"], zones: ["zone_1"], expiresAt: NOW + 100_000 });
    const result = await rotate(owner, old.key.id, 10);
    if (result.kind !== "rotated") throw new Error(result.kind);
    expect(result.key).toEqual({ ...old.key, id: result.key.id, prefix: result.key.prefix });
    expect(result.key.id).not.toBe(old.key.id);
    expect(await reasonFor(result.token, NOW)).toBe("authenticated");
    expect(await reasonFor(old.token, NOW + 9_999)).toBe("authenticated");
    expect(await reasonFor(old.token, NOW + 10_000)).toBe("revoked");
    expect(await audited()).toMatchObject([
      { action: "key.create", target: old.key.id },
      { action: "key.rotate", target: old.key.id, after: expect.stringContaining(result.key.id) },
      { action: "key.create", target: result.key.id },
    ]);
  });

  it("rotates a key for one of many who ask at once", async () => {
    const { key } = await created(owner);
    const kinds = await Promise.all(Array.from({ length: 5 }, async () => (await rotate(owner, key.id, 10)).kind));
    expect(kinds.sort()).toEqual(["rotated", ...Array(4).fill("rotated-before")].sort());
    expect(await listKeys(env.DB, owner, ALL, NOW)).toHaveLength(3);
    const other = await created(owner);
    const atOnce = await Promise.all(Array.from({ length: 5 }, async () => (await rotate(owner, other.key.id)).kind));
    expect(atOnce.sort()).toEqual([...Array(4).fill("missing"), "rotated"]);
  });

  it("needs room for two keys while there is a grace", async () => {
    await fill(owner);
    const { key } = await created(owner);
    expect(await rotate(owner, key.id, 1)).toEqual({ kind: "limit", limit: 50 });
    expect((await rotate(owner, key.id)).kind).toBe("rotated");
  });

  it("refuses an expired key", async () => {
    const { key } = await created(owner, { expiresAt: NOW + 1 });
    expect(await rotate(owner, key.id, 0, NOW + 1)).toEqual({ kind: "expired" });
  });

  it("does not let a key that was rotated live on in keys that it makes, nor touch its successor", async () => {
    const old = await created(owner);
    const rotated = await rotate(owner, old.key.id, 10);
    if (rotated.kind !== "rotated") throw new Error(rotated.kind);
    const caller = await callerOf(old.token);
    expect((await created(caller)).key.expiresAt).toBe(NOW + 10_000);
    expect(await create(caller, { expiresAt: null })).toEqual({ kind: "outlives", until: NOW + 10_000 });
    expect(await rotate(caller, rotated.key.id)).toEqual({ kind: "missing" });
    expect(await rotate(caller, old.key.id)).toEqual({ kind: "rotated-before" });
    expect(await revoke(caller, rotated.key.id)).toBe(false);
  });
});

describe("keys of others", () => {
  it("are unknown: of another account, product or mode", async () => {
    const { keys } = await newAccount();
    const mine = await callerOf(keys.live);
    for (const other of [owner, await callerOf(keys.test), await callerOf(keys.resolvedb, "resolvedb")]) {
      expect(await findKey(env.DB, mine, other.keyId, NOW)).toBeNull();
      expect(await revoke(mine, other.keyId)).toBe(false);
      expect(await rotate(mine, other.keyId)).toEqual({ kind: "missing" });
    }
    expect((await listKeys(env.DB, mine, ALL, NOW)).map(({ id }) => id)).toEqual([mine.keyId]);
  });
});

it("lists just those keys that isWithin() allows, whoever asks, and finds the same", async () => {
  const scopes = fc.subarray([...SCOPES.rescdn], { minLength: 1 });
  const zones = fc.option(fc.subarray(["zone_a", "zone_b"]));
  const expiresAt = fc.option(fc.constantFrom(NOW + 1, NOW + 2, NOW + 3));
  const samples = fc.sample(fc.record({ scopes, zones, expiresAt }), { numRuns: 40, seed: 20261125 });
  const made = await Promise.all(samples.map((powers) => created(owner, powers)));
  const keys: Key[] = await listKeys(env.DB, owner, ALL, NOW);
  expect(keys).toHaveLength(41);
  for (const { token, key } of made) {
    const caller = await callerOf(token);
    const expected = keys.filter((other) => other.id === key.id || isWithin(other, caller)).map(({ id }) => id);
    expect((await listKeys(env.DB, caller, ALL, NOW)).map(({ id }) => id)).toEqual(expected);
    for (const { id } of keys.slice(0, 10))
      expect((await findKey(env.DB, caller, id, NOW)) !== null).toBe(expected.includes(id));
  }
});
