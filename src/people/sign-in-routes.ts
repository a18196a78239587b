import { connectingAddress } from "../accounts/client-address.ts";
import { BOUNDS } from "../db/bounds.ts";
import { type Settings, settingsOf } from "../settings.ts";
import { readBody } from "./read-body.ts";
import { isSameOrigin } from "./same-origin.ts";
import { ADDRESS_HEADER, FRESH_SECONDS } from "./sign-in.ts";
import { refusal, withHeaders } from "./sign-in-answers.ts";
import { type SignInEnv, signInOf } from "./sign-in-at.ts";
import { limitedBy } from "./sign-in-limits.ts";
import { sendLink, useLink, type Visit } from "./sign-in-links.ts";
import { withoutCertificates } from "./without-certificates.ts";

/** The library's routes that the dashboard calls, each with its method. All others are refused. */
const PASSED: ReadonlySet<string> = new Set([
  "GET /auth/get-session",
  "GET /auth/list-sessions",
  "POST /auth/revoke-session",
  "POST /auth/revoke-other-sessions",
  "POST /auth/sign-out",
  "POST /auth/sign-in/social",
  "GET /auth/callback/github",
  "GET /auth/passkey/generate-register-options",
  "POST /auth/passkey/verify-registration",
  "GET /auth/passkey/generate-authenticate-options",
  "POST /auth/passkey/verify-authentication",
  "GET /auth/passkey/list-user-passkeys",
  "POST /auth/passkey/delete-passkey",
]);

/** Opened when GitHub sends a browser back; its `state` is bound to a cookie. */
const FROM_ELSEWHERE = "/auth/callback/github";

/** How many requests under `/auth` one address may make in any 60 seconds. */
const REQUESTS_PER_MINUTE = 60;
const LARGEST_BODY = 16_384;

/** Answers requests under `/auth` on the dashboard's host: how people sign in and out. */
export async function handleSignIn(
  request: Request,
  url: URL,
  env: SignInEnv,
  ctx: ExecutionContext,
): Promise<Response> {
  const settings = settingsOf(env);
  if (settings.signInSecret === null)
    return refusal(503, "not_set_up", "nobody can sign in here: the operator has to set SIGN_IN_SECRET");
  if (!isOwnOrigin(url, settings)) return refusal(404, "not_found", "people sign in at the dashboard's own address");
  const route = `${request.method} ${url.pathname}`;
  const isOurs = OWN[route] !== undefined;
  if (!isOurs && !PASSED.has(route)) return refusal(404, "not_found", "there is nothing at this path");
  if (url.pathname !== FROM_ELSEWHERE && !isSameOrigin(request, url.origin))
    return refusal(403, "other_origin", "this must be called by a page of the dashboard itself");
  const limited = await limitedBy(env, settings, request, "sign-in", REQUESTS_PER_MINUTE);
  if (limited !== null) return limited;
  if (url.pathname === "/auth/passkey/delete-passkey" && !(await isFresh(request, url, env)))
    return refusal(
      403,
      "sign_in_again",
      `only somebody who has signed in within the last ${FRESH_SECONDS / 60} minutes can remove passkeys: sign in again`,
    );
  if (url.pathname === "/auth/passkey/verify-registration" && (await hasAllPasskeys(request, url, env)))
    return refusal(403, "limit_reached", `you have ${BOUNDS.passkeys.rows} passkeys, and can have no more: remove one`);
  const body = await readBody(request, LARGEST_BODY);
  if (body === null) return refusal(413, "body_too_large", "the body is too large");
  const headers = new Headers(request.headers);
  headers.set(ADDRESS_HEADER, connectingAddress(request, settings.trustedProxies) ?? "");
  const passed = url.pathname === "/auth/passkey/verify-registration" ? withoutCertificates(body) : body;
  const read = new Request(url, { method: request.method, headers, ...(body.byteLength > 0 && { body: passed }) });
  const answer = isOurs
    ? await OWN[route]!({ request: read, url, env, settings, ctx })
    : await signInOf(env, url.origin).handler(read);
  return withHeaders(answer);
}

/**
 * Whether a URL is the dashboard's as people open it. A request itself says which name and port it came to, and a mailed link
 * leads there, so the name has to be the configured one and, on Cloudflare's network, the port its only one.
 */
function isOwnOrigin({ hostname, protocol, port }: URL, { dashboardHost, trustedProxies }: Settings): boolean {
  const isOnCloudflare = trustedProxies === null && protocol === "https:";
  return hostname === dashboardHost && (port === "" || !isOnCloudflare);
}

/** Our own routes, checked before the library's. */
const OWN: Readonly<Record<string, (visit: Visit) => Promise<Response>>> = {
  "GET /auth/ways": async ({ settings }) =>
    Response.json({ github: settings.github !== null, sign_up: settings.signUp }),
  "POST /auth/links": sendLink,
  "POST /auth/links/use": useLink,
};

async function hasAllPasskeys({ headers }: Request, { origin }: URL, env: SignInEnv): Promise<boolean> {
  const session = await signInOf(env, origin).api.getSession({ headers });
  if (session === null) return false;
  const { user } = session;
  const count = await env.DB.prepare("SELECT COUNT(*) AS n FROM passkeys WHERE person_id = ?1")
    .bind(user.id)
    .first<number>("n");
  return (count ?? 0) >= BOUNDS.passkeys.rows;
}

/** Whoever finds an open browser must not be able to remove its owner's way to sign in. */
async function isFresh({ headers }: Request, { origin }: URL, env: SignInEnv): Promise<boolean> {
  const session = await signInOf(env, origin).api.getSession({ headers, query: { disableRefresh: true } });
  return session !== null && Date.now() - session.session.createdAt.getTime() < FRESH_SECONDS * 1000;
}
