import { describe, expect, it } from "vitest";
import { hashQueryToken, newQueryToken, queryTokenLabel, queryTokenOf } from "../../src/records/query-token.ts";

describe("newQueryToken()", () => {
  it("is rdbq and 32 characters that survive case folding, never twice the same", () => {
    const tokens = Array.from({ length: 200 }, newQueryToken);
    for (const token of tokens) expect(token).toMatch(/^rdbq[a-z2-7]{32}$/);
    expect(new Set(tokens).size).toBe(200);
    expect(new Set(tokens.join("").slice(4)).size).toBe(32);
  });

  it("fits a DNS label, by which it is read again", () => {
    const token = newQueryToken();
    const label = queryTokenLabel(token);
    expect(label.length).toBeLessThanOrEqual(63);
    expect(queryTokenOf(label)).toBe(token);
  });
});

describe("queryTokenOf()", () => {
  it.each([
    ["a key", "settings"],
    ["the token without its prefix", `rdbq${"a".repeat(32)}`],
    ["a token that is too short", `auth-rdbq${"a".repeat(31)}`],
    ["a token that is too long", `auth-rdbq${"a".repeat(33)}`],
    ["characters that base32 does not have", `auth-rdbq${"a".repeat(31)}1`],
    ["a client's HMAC", `auth-${"0".repeat(32)}-t-1700000000`],
  ])("sees none in %s", (_what, label) => {
    expect(queryTokenOf(label)).toBeNull();
  });
});

describe("hashQueryToken()", () => {
  it("is the SHA-256 in hex", async () => {
    expect(await hashQueryToken("rdbq")).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashQueryToken("rdbq")).not.toBe(await hashQueryToken("rdbr"));
  });
});
