import type { Scope } from "./scopes.ts";

/** All that a key may do, within its account and product. */
export interface KeyPowers {
  mode: "live" | "test";
  scopes: readonly Scope[];
  /** Ids of the zones that the key is restricted to; null: all of the account's. */
  zones: readonly string[] | null;
  /** When they end, ms since the epoch; null: never. */
  expiresAt: number | null;
}

/** Whether everything that a key may do may be done by another one as well, now and later. */
export function isWithin(powers: KeyPowers, others: KeyPowers): boolean {
  return (
    powers.mode === others.mode &&
    powers.scopes.every((scope) => others.scopes.includes(scope)) &&
    within(powers.zones, others.zones, (zones, all) => zones.every((zone) => all.includes(zone))) &&
    within(powers.expiresAt, others.expiresAt, (time, last) => time <= last)
  );
}

/** Null stands for no bound: it is within none but itself. */
function within<Bound>(own: Bound | null, others: Bound | null, holds: (own: Bound, others: Bound) => boolean) {
  return others === null || (own !== null && holds(own, others));
}

/** What a new key shall be able to do; what is left out is as with the key that makes it. */
export interface KeyRequest {
  scopes?: readonly Scope[] | undefined;
  zones?: readonly string[] | null | undefined;
  expiresAt?: number | null | undefined;
}

/** What a key may hand on of its powers. `outlives`: the new key must end at `until` (ms since the epoch) or before. */
export type Grant =
  | { kind: "granted"; powers: KeyPowers }
  | { kind: "lacks-scopes"; scopes: Scope[] }
  | { kind: "lacks-zones" }
  | { kind: "outlives"; until: number }
  | { kind: "in-the-past" };

/**
 * The powers of a new key. A key cannot grant more than it has.
 *
 * @param now ms since the epoch
 */
export function grant(caller: KeyPowers, request: KeyRequest, now: number): Grant {
  const wanted = request.scopes ?? caller.scopes;
  const missing = wanted.filter((scope) => !caller.scopes.includes(scope));
  if (missing.length > 0) return { kind: "lacks-scopes", scopes: [...new Set(missing)] };
  // In the caller's order and each once, however they were asked for.
  const scopes = caller.scopes.filter((scope) => wanted.includes(scope));
  const zones = request.zones === undefined ? caller.zones : request.zones && [...new Set(request.zones)];
  const expiresAt = request.expiresAt === undefined ? caller.expiresAt : request.expiresAt;
  const powers = { mode: caller.mode, scopes, zones, expiresAt };
  if (!isWithin({ ...powers, expiresAt: caller.expiresAt }, caller)) return { kind: "lacks-zones" };
  if (expiresAt !== null && expiresAt <= now) return { kind: "in-the-past" };
  if (caller.expiresAt !== null && !isWithin(powers, caller)) return { kind: "outlives", until: caller.expiresAt };
  return { kind: "granted", powers };
}
