import { clientAddress } from "../accounts/client-address.ts";
import { crc32 } from "../accounts/crc32.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { countMail } from "./mails-of-day.ts";
import { refusal } from "./sign-in-answers.ts";
import type { SignInEnv } from "./sign-in-at.ts";

/** How many links one person is sent in any 60 seconds, and how many one client address may ask for. */
export const LINKS_PER_MINUTE = 3;
export const LINKS_PER_ADDRESS = 10;
/** Limiters are shared, so that somebody with many addresses cannot fill a disk. */
const LIMITERS = 32;

/** Whether one more mail may be sent to an address for an account. Each mail that is sent counts, whoever asks for it. */
export async function mayMail(env: SignInEnv, email: string, account: string): Promise<boolean> {
  const limited = await limitedBy(env, settingsOf(env), null, "links", LINKS_PER_MINUTE, email);
  return limited === null && countMail(env.DB, email, account, Date.now());
}

/** A 429 if an address or a name has had as many of these as allowed within 60 seconds; otherwise null. */
export async function limitedBy(
  { RATE_LIMITER }: SignInEnv,
  { trustedProxies }: Settings,
  request: Request | null,
  kind: string,
  limit: number,
  name = (request && clientAddress(request, trustedProxies)) ?? "unknown",
): Promise<Response | null> {
  const limiter = RATE_LIMITER.getByName(`${kind}:${crc32(name) % LIMITERS}`);
  const window = await limiter.takeFailure(limit, name);
  if (window.allowed) return null;
  return refusal(429, "rate_limited", "too many attempts: wait a minute", rateLimitHeaders(window, Date.now()));
}
