import { TOKEN_KINDS, type TokenKind } from "./token.ts";

/** What a key may do. ResolveDB's keys have two scopes of their own. */
export type Scope = "zones:read" | "zones:write" | "purge" | "usage:read" | "keys:write" | "read" | "write";

const ALL: Record<(typeof TOKEN_KINDS)[TokenKind]["product"], readonly Scope[]> = {
  rescdn: ["zones:read", "zones:write", "purge", "usage:read", "keys:write"],
  resolvedb: ["read", "write"],
};

/** All that a key of a kind can be allowed. */
export function allScopes(kind: TokenKind): readonly Scope[] {
  return ALL[TOKEN_KINDS[kind].product];
}
