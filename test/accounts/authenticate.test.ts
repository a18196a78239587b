import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { authenticate } from "../../src/accounts/authenticate.ts";
import { type CreatedAccount, createAccount } from "../../src/accounts/create-account.ts";
import { isOperator } from "../../src/accounts/operator.ts";
import { hashToken, newToken } from "../../src/accounts/token.ts";
import { newEmail } from "../support/control-plane.ts";

const NOW = 1_800_000_000_000;
let created: CreatedAccount;

beforeAll(async () => {
  created = await createAccount(env.DB, { name: "Acme", email: "ops@acme.example", plan: "free" }, NOW);
});

/** Calls with the first live key after changing its row, as another account's. */
async function authenticateWith(change: string) {
  const { keys } = await createAccount(env.DB, { name: "B", email: newEmail(), plan: "free" }, NOW);
  await env.DB.prepare(`UPDATE api_keys SET ${change} WHERE hash = ?1`)
    .bind(await hashToken(keys.live))
    .run();
  return authenticate(env.DB, keys.live, "rescdn", NOW);
}

/** A D1 that must not be asked. */
const noDatabase = new Proxy({} as D1Database, {
  get() {
    throw new Error("D1 was asked");
  },
});

describe("authenticate()", () => {
  it.each([
    ["live", "rescdn", "live"],
    ["test", "rescdn", "test"],
    ["resolvedb", "resolvedb", "live"],
  ] as const)("knows the %s key of a new account to %s", async (key, product, mode) => {
    const result = await authenticate(env.DB, created.keys[key], product, NOW);
    expect(result).toMatchObject({ kind: "authenticated", caller: { account: created.account.id, mode } });
  });

  it("gives a new account's keys all scopes of their product", async () => {
    const scopes = async (key: string, product: "rescdn" | "resolvedb") => {
      const result = await authenticate(env.DB, key, product, NOW);
      return result.kind === "authenticated" && result.caller.scopes;
    };
    expect(await scopes(created.keys.live, "rescdn")).toEqual([
      "zones:read",
      "zones:write",
      "purge",
      "usage:read",
      "keys:write",
      "files:write",
    ]);
    expect(await scopes(created.keys.resolvedb, "resolvedb")).toEqual(["read", "write"]);
  });

  it.each([
    [null, "missing"],
    ["", "missing"],
    ["rk_live_xxxxxxxxxxxxxxxxxxxx", "malformed"],
    [newToken("rdb_live"), "other product"],
  ])("refuses %j as %s without asking D1", async (token, reason) => {
    expect(await authenticate(noDatabase, token, "rescdn", NOW)).toEqual({ kind: "refused", reason });
  });

  it("refuses a well-formed key that nobody has", async () => {
    const result = await authenticate(env.DB, newToken("rk_live"), "rescdn", NOW);
    expect(result).toEqual({ kind: "refused", reason: "unknown" });
  });

  it.each([
    [`revoked_at = ${NOW}`, { kind: "refused", reason: "revoked" }],
    [`expires_at = ${NOW}`, { kind: "refused", reason: "expired" }],
    [`expires_at = ${NOW + 1}`, { kind: "authenticated" }],
    ["scopes = 'purge'", { kind: "authenticated", caller: { scopes: ["purge"] } }],
  ])("heeds %s", async (change, result) => {
    expect(await authenticateWith(change)).toMatchObject(result);
  });

  it("stores neither a key nor anything that it could be found by but its hash", async () => {
    const { results } = await env.DB.prepare("SELECT * FROM api_keys").all();
    const stored = JSON.stringify(results);
    for (const key of Object.values(created.keys)) {
      expect(stored).not.toContain(key);
      expect(stored).not.toContain(key.slice(-20));
      expect(stored).toContain(await hashToken(key));
    }
  });
});

describe("isOperator()", () => {
  it.each([
    ["Bearer secret", true],
    ["bearer secret", true],
    ["Bearer  secret", true],
    [null, false],
    ["", false],
    ["Bearer", false],
    ["Bearer ", false],
    ["secret", false],
    ["Basic secret", false],
    ["Bearer secre", false],
    ["Bearer secret2", false],
    ["Bearer SECRET", false],
    ["Bearer secret secret", false],
  ])("of %j is %j", async (authorization, verdict) => {
    expect(await isOperator(authorization, "secret")).toBe(verdict);
  });
});
