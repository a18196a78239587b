import { SCOPES, type Scope } from "../accounts/scopes.ts";
import type { Product } from "../accounts/token.ts";

/** What a person may do for an account. */
export type Role = "owner" | "editor" | "viewer";

export const ROLES = ["owner", "editor", "viewer"] as const satisfies readonly Role[];

/**
 * What the API lets a role do: a viewer reads, an editor changes zones and records and purges, an owner does all that a key
 * can. Keys outlive a membership, so that only owners make them, and see in the audit log who has done what. Signing keys, query
 * tokens and webhooks' secrets outlive it as well, but open one zone or namespace each, and no API: editors, whose work they are,
 * make them.
 */
const GRANTED: Readonly<Record<Role, Readonly<Record<Product, readonly Scope[]>>>> = {
  owner: SCOPES,
  editor: { rescdn: ["zones:read", "zones:write", "purge", "usage:read", "files:write"], resolvedb: ["read", "write"] },
  viewer: { rescdn: ["zones:read", "usage:read"], resolvedb: ["read"] },
};

/** The scopes that a person of a role has with one of the products. */
export function scopesOf(role: Role, product: Product): readonly Scope[] {
  return GRANTED[role][product];
}
