import type { RateVerdict } from "./account-windows.ts";
import { AddressWindows } from "./address-windows.ts";
import { authenticate, type Caller } from "./authenticate.ts";
import { callLimits } from "./call-limits.ts";
import { crc32 } from "./crc32.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import { Refusals } from "./refusals.ts";
import type { WindowVerdict } from "./sliding-window.ts";
import { takeCall } from "./take-call.ts";
import type { Product } from "./token.ts";

/** How many failed authentications a client address may have in any 60 seconds. */
const FAILURES_PER_MINUTE = 30;

/** How many calls about themselves a signed-in person may make in any 60 seconds. */
const PERSONS_CALLS_PER_MINUTE = 120;

/** All clients whose address is unknown share one count of failures. */
const UNKNOWN_ADDRESS = "unknown";

/**
 * Addresses share this many objects. Each object takes space on disk, which a client with many addresses could otherwise fill.
 */
const ADDRESS_OBJECTS = 128;

/** Whether a call may go on. `window`: the verdict of the rate limit. */
export type Admission = { kind: "admitted"; caller: Caller; window: RateVerdict } | Refusal;

/** Why a call may not go on. */
export type Refusal =
  | { kind: "unauthenticated"; window: WindowVerdict }
  | { kind: "limited"; window: WindowVerdict | RateVerdict };

/** What admission needs from the environment. */
export interface AdmissionBindings {
  DB: D1Database;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
}

/**
 * Authenticates a call by its key and counts it, with one read of D1 and one call of a Durable Object. Failures are counted by
 * address, which slows down guessing while valid keys behind the same address go on working.
 *
 * @param address as `clientAddress` gives it
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
  if (authentication.kind === "refused") {
    const { window } = await takeFailure(RATE_LIMITER, address);
    return { kind: window.allowed ? "unauthenticated" : "limited", window };
  }
  return admitCaller(RATE_LIMITER, authentication.caller, now);
}

/** Counts the call of a known caller. @param now ms since the epoch */
export async function admitCaller(
  limiters: AdmissionBindings["RATE_LIMITER"],
  caller: Caller,
  now: number,
): Promise<Admission> {
  const { keyId, countedAs, account, plan, product } = caller;
  const call = { keyId, countedAs, limits: callLimits(plan, product) };
  const window = await takeCall(limiters, limiterOf(account, product), call, now);
  return window.allowed ? { kind: "admitted", caller, window } : { kind: "limited", window };
}

/**
 * Whether a call is the operator's. Before the token is compared, one of the address's failed authentications is taken, and it
 * is given back if the token was right. So however many calls come at once, no more tokens are compared than may fail.
 *
 * @param isOperator compares the token
 */
export async function admitOperator(
  limiters: AdmissionBindings["RATE_LIMITER"],
  address: string | null,
  isOperator: () => Promise<boolean>,
): Promise<{ kind: "operator" } | Refusal> {
  const { window, giveBack } = await takeFailure(limiters, address);
  if (!window.allowed) return { kind: "limited", window };
  if (!(await isOperator())) return { kind: "unauthenticated", window };
  await giveBack();
  return { kind: "operator" };
}

/** Counts a call that a person makes about themselves, not for an account. */
export function takePersonsTurn(limiters: AdmissionBindings["RATE_LIMITER"], person: string): Promise<WindowVerdict> {
  return takeShared(limiters, "people", person, PERSONS_CALLS_PER_MINUTE);
}

/** How many questions to origins an account may ask by hand in any 60 seconds. */
const QUESTIONS_PER_MINUTE = 30;

/** Counts a question to an origin, which is answered live. */
export function takeQuestion(limiters: AdmissionBindings["RATE_LIMITER"], account: string): Promise<WindowVerdict> {
  return takeShared(limiters, "questions", account, QUESTIONS_PER_MINUTE);
}

/** The name of the rate limiter for an account's keys of a product. */
export function limiterOf(account: string, product: Product): string {
  return `account:${account}:${product}`;
}

const refusals = new Refusals<WindowVerdict>();

/** Counts a call in one of the shared objects. */
async function takeShared(
  limiters: AdmissionBindings["RATE_LIMITER"],
  kind: "people" | "questions",
  name: string,
  limit: number,
): Promise<WindowVerdict> {
  const now = Date.now();
  const refused = refusals.of(`${kind} ${name}`, limit, now);
  if (refused !== null) return refused;
  const window = await limiters.getByName(`${kind}:${crc32(name) % ADDRESS_OBJECTS}`).takeFailure(limit, name);
  refusals.note(`${kind} ${name}`, window, now);
  return window;
}

/** Counts in place of limiters that fail, as {@link takeCall} does. */
const standIn = new AddressWindows();

async function takeFailure(limiters: AdmissionBindings["RATE_LIMITER"], address: string | null) {
  const name = address ?? UNKNOWN_ADDRESS;
  const now = Date.now();
  const refused = refusals.of(name, FAILURES_PER_MINUTE, now);
  if (refused !== null) return { window: refused, giveBack: async () => undefined };
  const limiter = limiters.getByName(`addresses:${crc32(name) % ADDRESS_OBJECTS}`);
  try {
    const window = await limiter.takeFailure(FAILURES_PER_MINUTE, name);
    refusals.note(name, window, now);
    return { window, giveBack: () => limiter.giveBackFailure(name) };
  } catch {
    const window = standIn.take(name, FAILURES_PER_MINUTE, Date.now());
    return { window, giveBack: () => standIn.giveBack(name) };
  }
}
