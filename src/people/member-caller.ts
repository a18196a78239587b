import type { Caller } from "../accounts/authenticate.ts";
import type { Product } from "../accounts/token.ts";
import { membershipsOf, type Person } from "./person.ts";
import { scopesOf } from "./roles.ts";

/** Names the account that a person acts for, if they have several. */
export const ACCOUNT_HEADER = "x-rescdn-account";
/** `test`: the call is about test zones. */
export const MODE_HEADER = "x-rescdn-mode";

/** A person as a caller of an API, with the powers of their role. Null: they act for no such account. */
export async function memberCaller(
  db: D1Database,
  person: Person,
  product: Product,
  headers: Headers,
): Promise<Caller | null> {
  const memberships = await membershipsOf(db, person.id);
  const wanted = headers.get(ACCOUNT_HEADER);
  const membership = wanted === null ? memberships[0] : memberships.find(({ account }) => account === wanted);
  if (membership === undefined) return null;
  const { account, plan, state, role } = membership;
  return {
    keyId: person.id,
    countedAs: person.id,
    account,
    product,
    plan,
    suspended: state === "suspended",
    mode: product === "rescdn" && headers.get(MODE_HEADER) === "test" ? "test" : "live",
    scopes: scopesOf(role, product),
    zones: null,
    expiresAt: null,
    person: { ...person, role },
  };
}
