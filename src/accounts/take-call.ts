import { BoundedMap } from "../memo/bounded-map.ts";
import { AccountWindows, type RateVerdict } from "./account-windows.ts";
import type { CountedCall, RateLimiter } from "./rate-limiter.ts";
import { Refusals } from "./refusals.ts";

/** How long an isolate counts in place of a limiter that failed, ms. */
const STAND_IN_MS = 60_000;

const standIns = new BoundedMap<string, { windows: AccountWindows; since: number }>({ entries: 10_000 }, "the oldest");

/** By limiter and policy: a refusal by the account's limit applies to all of its keys. */
const refusals = new Refusals<RateVerdict>();

/**
 * Counts a call. If the limiter fails, this isolate counts by itself for a minute, so that calls that only read go on, within
 * the same limits. It fails when the disk is full, for example, because an object that cannot store is removed from memory.
 *
 * @param name the limiter's
 * @param now ms since the epoch
 */
export async function takeCall(
  limiters: DurableObjectNamespace<RateLimiter>,
  name: string,
  call: CountedCall,
  now: number,
): Promise<RateVerdict> {
  const { key, account } = call.limits;
  const ofKey = `${name} ${call.countedAs}`;
  const refused = refusals.of(ofKey, key, now) ?? refusals.of(name, account, now);
  if (refused !== null) return refused;
  let standIn = standIns.get(name);
  // Setting the clock back ends it too.
  if (standIn === undefined || Math.abs(now - standIn.since) > STAND_IN_MS) {
    try {
      const verdict = await limiters.getByName(name).take(call);
      standIns.delete(name);
      refusals.note(verdict.policy === "account" ? name : ofKey, verdict, now);
      return verdict;
    } catch {
      standIn = { windows: standIn?.windows ?? new AccountWindows(), since: now };
      standIns.set(name, standIn);
    }
  }
  return standIn.windows.take(call.countedAs, call.limits, now);
}
