import { type Settings, settingsOf } from "../settings.ts";
import { isOperatorAddress, type Person } from "./person.ts";
import { isSameOrigin } from "./same-origin.ts";
import { type SignInEnv, signInOf } from "./sign-in-at.ts";

/** The person whose session a request has. Null: nobody is signed in. */
export async function signedIn(request: Request, env: SignInEnv): Promise<Person | null> {
  const settings = settingsOf(env);
  const origin = originOfSession(request, settings);
  if (origin === null || settings.signInSecret === null) return null;
  const found = await signInOf(env, origin).api.getSession({
    headers: request.headers,
    query: { disableRefresh: true },
  });
  if (found === null) return null;
  const { user, session } = found;
  const cookie = sessionCookie(request.headers.get("cookie") ?? "", origin);
  if (cookie === undefined) return null;
  // An operator must have proven to own the address.
  const isOperator = user.emailVerified && isOperatorAddress(user.email, settings);
  return { id: user.id, email: user.email, name: user.name, session: session.id, cookie, isOperator };
}

const OVER_TLS = /(?:^|;\s*)__Host-rescdn\.session_token=([^;]+)/;
const WITHOUT_TLS = /(?:^|;\s*)rescdn\.session_token=([^;]+)/;

/**
 * The cookie that the session was read from. A sibling host may have planted another one beside it, under the name without the
 * prefix.
 */
function sessionCookie(cookies: string, origin: string): string | undefined {
  if (origin.startsWith("https:")) return OVER_TLS.exec(cookies)?.[1];
  return WITHOUT_TLS.exec(cookies)?.[1];
}

/** The dashboard's origin, if the session of a request may be believed; else null. */
function originOfSession(request: Request, { dashboardHost }: Settings): string | null {
  const url = new URL(request.url);
  if (dashboardHost === null || url.hostname !== dashboardHost) return null;
  if (!request.headers.has("cookie") || !isSameOrigin(request, url.origin)) return null;
  return url.origin;
}
