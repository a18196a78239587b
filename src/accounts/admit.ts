import { authenticate, type Caller } from "./authenticate.ts";
import { crc32 } from "./crc32.ts";
import { PLANS } from "./plans.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { WindowVerdict } from "./sliding-window.ts";
import type { Product } from "./token.ts";

/** Failed authentications that one client address has in any 60 seconds. */
const FAILURES_PER_MINUTE = 30;

/** Addresses share so many objects: each costs a place on disk, and whoever has many addresses could fill it. */
const ADDRESS_OBJECTS = 32;

/** Whether a call may go on. `window`: what the rate limit says; null where none counts the call. */
export type Admission =
  | { kind: "admitted"; caller: Caller; window: WindowVerdict }
  | { kind: "unauthenticated"; window: WindowVerdict | null }
  | { kind: "limited"; window: WindowVerdict };

/** What admission needs of the environment. */
export interface AdmissionBindings {
  DB: D1Database;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
}

/**
 * Authenticates a call by its key and counts it: one read of D1 and one call of a Durable Object. Who fails is counted by
 * address, so that guessing is slowed down while valid keys behind the same address go on.
 *
 * @param address as {@link clientAddress} gives it
 * @param now ms since the epoch
 */
export async function admit(
  { DB, RATE_LIMITER }: AdmissionBindings,
  token: string | null,
  product: Product,
  address: string | null,
  now: number,
): Promise<Admission> {
  const authentication = await authenticate(DB, token, product, now);
  if (authentication.kind === "refused") return countFailure(RATE_LIMITER, address);
  const { caller } = authentication;
  const { requests } = PLANS[caller.plan][product];
  const window = await RATE_LIMITER.getByName(`key:${caller.keyId}`).take(requests, caller.keyId);
  return window.allowed ? { kind: "admitted", caller, window } : { kind: "limited", window };
}

/** Counts a failed authentication of an address; of an unknown address nothing is counted. */
export async function countFailure(
  limiters: AdmissionBindings["RATE_LIMITER"],
  address: string | null,
): Promise<Exclude<Admission, { kind: "admitted" }>> {
  if (address === null) return { kind: "unauthenticated", window: null };
  const limiter = limiters.getByName(`addresses:${crc32(address) % ADDRESS_OBJECTS}`);
  const window = await limiter.takeFailure(FAILURES_PER_MINUTE, address);
  return window.allowed ? { kind: "unauthenticated", window } : { kind: "limited", window };
}
