import { SCOPES, type Scope } from "../accounts/scopes.ts";
import type { Product } from "../accounts/token.ts";

/** What a person may do for an account. */
export type Role = "owner" | "editor" | "viewer";

export const ROLES = ["owner", "editor", "viewer"] as const satisfies readonly Role[];

/**
 * What the API lets a role do: a viewer reads, an editor changes zones and records and purges, and an owner does everything
 * that a key can. Keys outlive a membership, so only owners can make them, and can see in the audit log who did what. Signing
 * keys, query tokens and webhook secrets outlive it too, but each opens only one zone or namespace, and no API, so editors can
 * make them for their work.
 */
const GRANTED: Readonly<Record<Role, Readonly<Record<Product, readonly Scope[]>>>> = {
  owner: SCOPES,
  editor: { rescdn: ["zones:read", "zones:write", "purge", "usage:read", "files:write"], resolvedb: ["read", "write"] },
  viewer: { rescdn: ["zones:read", "usage:read"], resolvedb: ["read"] },
};

/** The scopes that a person with a role has for one of the products. */
export function scopesOf(role: Role, product: Product): readonly Scope[] {
  return GRANTED[role][product];
}
