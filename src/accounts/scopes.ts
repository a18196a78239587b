import type { Product } from "./token.ts";

/** What a key may do. ResolveDB's keys have two scopes of their own. */
export type Scope =
  | "zones:read"
  | "zones:write"
  | "purge"
  | "usage:read"
  | "keys:write"
  | "files:write"
  | "read"
  | "write";

/** All scopes that a key of a product can have. */
export const SCOPES = {
  rescdn: ["zones:read", "zones:write", "purge", "usage:read", "keys:write", "files:write"],
  resolvedb: ["read", "write"],
} as const satisfies Record<Product, readonly Scope[]>;
