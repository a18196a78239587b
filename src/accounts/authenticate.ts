import type { Person } from "../people/person.ts";
import type { Role } from "../people/roles.ts";
import type { KeyPowers } from "./key-powers.ts";
import type { Plan } from "./plans.ts";
import type { Scope } from "./scopes.ts";
import { hashToken, type Product, TOKEN_KINDS, tokenKind } from "./token.ts";

/** A caller: a program with a key, or a signed-in person. `expiresAt` is also when a rotated key ends. */
export interface Caller extends KeyPowers {
  /** Id of the key, or of the person. */
  keyId: string;
  /** Id of the key under which its calls are counted: the first in its chain of rotations, or its own. */
  countedAs: string;
  account: string;
  product: Product;
  plan: Plan;
  /** Whether the operator has suspended the account. Its keys can then read, but change nothing. */
  suspended: boolean;
  /** Absent: the caller is a program with a key. */
  person?: Person & { role: Role };
}

export type Authentication =
  | { kind: "authenticated"; caller: Caller }
  | { kind: "refused"; reason: "missing" | "malformed" | "other product" | "unknown" | "revoked" | "expired" };

type Row = Omit<Caller, "product" | "suspended" | "scopes" | "zones" | "person"> & {
  state: "active" | "suspended";
  scopes: string;
  zones: string | null;
  revokedAt: number | null;
};

/** Finds who shows this key to a product. A token that cannot be a key is refused without a read of D1. */
export async function authenticate(
  db: D1Database,
  token: string | null,
  product: Product,
  now: number,
): Promise<Authentication> {
  if (token === null || token === "") return refused("missing");
  const kind = tokenKind(token);
  if (kind === null) return refused("malformed");
  if (TOKEN_KINDS[kind].product !== product) return refused("other product");
  // Found by its hash, so the time taken reveals nothing about the 160 random bits.
  const key = await db
    .prepare(
      `SELECT api_keys.id AS keyId, COALESCE(counted_as, api_keys.id) AS countedAs, account_id AS account, accounts.plan, accounts.state, mode, scopes, zones,
              expires_at AS expiresAt, revoked_at AS revokedAt
       FROM api_keys JOIN accounts ON accounts.id = account_id WHERE hash = ?1 AND product = ?2`,
    )
    .bind(await hashToken(token), product)
    .first<Row>();
  if (key === null) return refused("unknown");
  if (key.revokedAt !== null && key.revokedAt <= now) return refused("revoked");
  if (key.expiresAt !== null && key.expiresAt <= now) return refused("expired");
  const { revokedAt, state, ...caller } = key;
  const ends = [key.expiresAt, revokedAt].filter((end) => end !== null);
  return {
    kind: "authenticated",
    caller: {
      ...caller,
      product,
      suspended: state === "suspended",
      // A rotated key cannot outlive its end by making another key.
      expiresAt: ends.length > 0 ? Math.min(...ends) : null,
      scopes: key.scopes.split(" ") as Scope[],
      zones: key.zones === null ? null : (JSON.parse(key.zones) as string[]),
    },
  };
}

function refused(reason: Extract<Authentication, { kind: "refused" }>["reason"]): Authentication {
  return { kind: "refused", reason };
}
