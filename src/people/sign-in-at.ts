import type { RateLimiter } from "../accounts/rate-limiter.ts";
import { settingsOf, type Variables } from "../settings.ts";
import type { MailBindings } from "./mail.ts";
import { createSignIn, type SignIn } from "./sign-in.ts";

/** What signing in needs from the environment. */
export interface SignInEnv extends Variables, MailBindings {
  DB: D1Database;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
}

const signIns = new WeakMap<SignInEnv, Map<string, SignIn>>();
/** One machine may have a few origins. Requests that make up ports get no more room than that. */
const MOST_ORIGINS = 8;

/** Signing in at an origin, without sending mail. */
export function signInOf(env: SignInEnv, origin: string): SignIn {
  const byOrigin = signIns.get(env) ?? new Map<string, SignIn>();
  signIns.set(env, byOrigin);
  let signIn = byOrigin.get(origin);
  if (signIn === undefined) {
    if (byOrigin.size >= MOST_ORIGINS) byOrigin.clear();
    signIn = createSignIn(env.DB, signInSettings(env, origin), () => undefined);
    byOrigin.set(origin, signIn);
  }
  return signIn;
}

/** The settings for signing in at an origin. */
export function signInSettings(env: SignInEnv, origin: string) {
  const { signInSecret, signUp, operators, github } = settingsOf(env);
  if (signInSecret === null) throw new Error("SIGN_IN_SECRET is not set");
  return { origin, secret: signInSecret, signUp, operators, github };
}
