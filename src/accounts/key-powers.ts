import type { Scope } from "./scopes.ts";

/** Everything that a key may do, within its account and product. */
export interface KeyPowers {
  mode: "live" | "test";
  scopes: readonly Scope[];
  /** Ids of the zones that the key is restricted to; null: all zones of the account. */
  zones: readonly string[] | null;
  /** When the powers end, ms since the epoch; null: never. */
  expiresAt: number | null;
}

/** Whether another key may also do everything that a key may do, now and later. */
export function isWithin(powers: KeyPowers, others: KeyPowers): boolean {
  return (
    powers.mode === others.mode &&
    powers.scopes.every((scope) => others.scopes.includes(scope)) &&
    within(powers.zones, others.zones, (zones, all) => zones.every((zone) => all.includes(zone))) &&
    within(powers.expiresAt, others.expiresAt, (time, last) => time <= last)
  );
}

/** Null means no bound, which is only within no bound. */
function within<Bound>(own: Bound | null, others: Bound | null, holds: (own: Bound, others: Bound) => boolean) {
  return others === null || (own !== null && holds(own, others));
}

/** The powers that a new key should have; absent ones are taken from the key that makes it. */
export interface KeyRequest {
  scopes?: readonly Scope[] | undefined;
  zones?: readonly string[] | null | undefined;
  expiresAt?: number | null | undefined;
}

/** Which of its powers a key may pass on. `outlives`: the new key must end at `until` (ms since the epoch) or before. */
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
  // In the caller's order and each once, however they were requested.
  const scopes = caller.scopes.filter((scope) => wanted.includes(scope));
  const zones = request.zones === undefined ? caller.zones : request.zones && [...new Set(request.zones)];
  const expiresAt = request.expiresAt === undefined ? caller.expiresAt : request.expiresAt;
  const powers = { mode: caller.mode, scopes, zones, expiresAt };
  if (!isWithin({ ...powers, expiresAt: caller.expiresAt }, caller)) return { kind: "lacks-zones" };
  if (expiresAt !== null && expiresAt <= now) return { kind: "in-the-past" };
  if (caller.expiresAt !== null && !isWithin(powers, caller)) return { kind: "outlives", until: caller.expiresAt };
  return { kind: "granted", powers };
}
