import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/accounts/crc32.ts";
import {
  hashToken,
  newToken,
  TOKEN_KINDS,
  type TokenKind,
  tokenKind,
  visiblePrefix,
} from "../../src/accounts/token.ts";

const kinds = Object.keys(TOKEN_KINDS) as TokenKind[];

describe("newToken()", () => {
  it.each(kinds)("makes a key that begins with %s_ and checks", (kind) => {
    const token = newToken(kind);
    expect(token).toMatch(new RegExp(`^${kind}_[0-9A-Za-z]{27}[0-9a-f]{8}$`));
    expect(tokenKind(token)).toBe(kind);
  });

  it("never makes the same key twice", () => {
    expect(new Set(Array.from({ length: 1_000 }, () => newToken("rk_live"))).size).toBe(1_000);
  });

  it("uses every character about equally", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2_000; i++) {
      for (const char of newToken("rk_live").slice(8, 35)) counts.set(char, (counts.get(char) ?? 0) + 1);
    }
    expect(counts.size).toBe(62);
    // 54,000 characters: 871 of each, standard deviation 29.
    for (const count of counts.values()) expect(Math.abs(count - 871)).toBeLessThan(6 * 29);
  });
});

describe("tokenKind()", () => {
  const token = newToken("rk_live");
  const swapped = (at: number) => token.slice(0, at) + (token[at] === "0" ? "1" : "0") + token.slice(at + 1);

  it.each([
    "",
    "rk_live_",
    "rk_live_xxxxxxxxxxxxxxxxxxxx",
    token.slice(0, -1),
    `${token}0`,
    ` ${token}`,
    `${token}\n`,
    token.replace("rk_live", "rk_test"),
    token.replace("rk_live", "rdb_live"),
    token.replace("rk_", "sk_"),
    token.toUpperCase(),
    swapped(8),
    swapped(20),
    swapped(token.length - 1),
  ])("refuses %j", (malformed) => {
    expect(tokenKind(malformed)).toBeNull();
  });
});

describe("visiblePrefix()", () => {
  it.each(kinds)("shows the first 12 characters of an %s key", (kind) => {
    const token = newToken(kind);
    expect(visiblePrefix(token)).toBe(token.slice(0, 12));
  });
});

describe("hashToken()", () => {
  it("is SHA-256 in hex", async () => {
    expect(await hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("crc32()", () => {
  it.each([
    ["", 0],
    ["123456789", 0xcbf43926],
    ["The quick brown fox jumps over the lazy dog", 0x414fa339],
  ])("of %j is the published value", (text, crc) => {
    expect(crc32(text)).toBe(crc);
  });
});
