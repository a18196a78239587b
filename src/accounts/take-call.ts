import { BoundedMap } from "../memo/bounded-map.ts";
import { AccountWindows, type RateVerdict } from "./account-windows.ts";
import type { CountedCall, RateLimiter } from "./rate-limiter.ts";
import { Refusals } from "./refusals.ts";

/** For how long an isolate counts in the place of a limiter that has failed, ms. */
const STAND_IN_MS = 60_000;

const standIns = new BoundedMap<string, { windows: AccountWindows; since: number }>({ entries: 10_000 }, "the oldest");

/** By limiter and policy: a limit of the account's refuses all of its keys. */
const refusals = new Refusals<RateVerdict>();

/**
 * Counts a call. Where the limiter fails, as on a full disk, where an object that notes something is thrown out of memory,
 * this isolate counts by itself for a minute: calls that read go on, within the same limits.
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
  // A clock that was set back ends it as well.
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
