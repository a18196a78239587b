import { clientAddress, connectingAddress } from "../accounts/client-address.ts";
import { crc32 } from "../accounts/crc32.ts";
import { rateLimitHeaders } from "../accounts/rate-limit-headers.ts";
import type { RateLimiter } from "../accounts/rate-limiter.ts";
import { BOUNDS } from "../db/bounds.ts";
import { ANSWER_HEADERS } from "../rest/answer-headers.ts";
import { type Settings, settingsOf, type Variables } from "../settings.ts";
import { type MailBindings, sendMail } from "./mail.ts";
import { countMail } from "./mails-of-day.ts";
import { readBody } from "./read-body.ts";
import { isSameOrigin } from "./same-origin.ts";
import { ADDRESS_HEADER, createSignIn, FRESH_SECONDS, LINK_MINUTES, type SignIn } from "./sign-in.ts";
import { maySignUp } from "./sign-up.ts";

export { LINK_MINUTES } from "./sign-in.ts";

/** What signing in needs of the environment. */
export interface SignInEnv extends Variables, MailBindings {
  DB: D1Database;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
}

/** What of the library's routes the dashboard calls, each with its method. Nothing else is answered. */
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

/** Reached by a browser that GitHub sends back; its `state` is bound to a cookie. */
const FROM_ELSEWHERE = "/auth/callback/github";

/** Requests below `/auth` of one address in any 60 seconds. */
const REQUESTS_PER_MINUTE = 60;
/** Links that one person is sent in any 60 seconds, and one address asks for. */
const LINKS_PER_MINUTE = 3;
const LINKS_PER_ADDRESS = 10;
/** Limiters are shared, so that whoever has many addresses does not fill a disk. */
const LIMITERS = 32;

const LARGEST_BODY = 16_384;

/** Answers requests below `/auth` on the dashboard's host: how people sign in and out. */
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
      `passkeys are removed by who has signed in within the last ${FRESH_SECONDS / 60} minutes: sign in again`,
    );
  if (url.pathname === "/auth/passkey/verify-registration" && (await hasAllPasskeys(request, url, env)))
    return refusal(
      403,
      "limit_reached",
      `you have ${BOUNDS.passkeys.rows} passkeys, as many as there can be: remove one`,
    );
  const body = await readBody(request, LARGEST_BODY);
  if (body === null) return refusal(413, "body_too_large", "the body is too large");
  const headers = new Headers(request.headers);
  headers.set(ADDRESS_HEADER, connectingAddress(request, settings.trustedProxies) ?? "");
  const read = new Request(url, { method: request.method, headers, ...(body.byteLength > 0 && { body }) });
  const answer = isOurs
    ? await OWN[route]!({ request: read, url, env, settings, ctx })
    : await signInOf(env, url.origin).handler(read);
  return withHeaders(answer);
}

/**
 * Whether a URL is of the dashboard as people open it. A request says itself by which name and port it came, and a link that is
 * mailed leads there: to the name as it is set, on Cloudflare's network to its only port.
 */
function isOwnOrigin({ hostname, protocol, port }: URL, { dashboardHost, trustedProxies }: Settings): boolean {
  const isOnCloudflare = trustedProxies === null && protocol === "https:";
  return hostname === dashboardHost && (port === "" || !isOnCloudflare);
}

interface Visit {
  request: Request;
  url: URL;
  env: SignInEnv;
  settings: Settings;
  ctx: ExecutionContext;
}

/** Routes of our own, in front of the library's. */
const OWN: Readonly<Record<string, (visit: Visit) => Promise<Response>>> = {
  "GET /auth/ways": async ({ settings }) =>
    Response.json({ github: settings.github !== null, sign_up: settings.signUp }),
  "POST /auth/links": sendLink,
  "POST /auth/links/use": useLink,
};

/**
 * Mails a link to whoever may sign in by the address. The answer is the same for every address, and comes at the same time:
 * it tells nobody who is a person here.
 */
async function sendLink({ request, url, env, settings, ctx }: Visit): Promise<Response> {
  const email = (await field(request, "email"))?.trim().toLowerCase() ?? "";
  if (!/^[^\s@<>,;:"()[\]\\]{1,64}@[a-z0-9.-]{1,190}$/.test(email))
    return refusal(422, "invalid_request", "this is no e-mail address");
  const limited =
    (await limitedBy(env, settings, request, "links", LINKS_PER_ADDRESS)) ??
    (await limitedBy(env, settings, request, "links", LINKS_PER_MINUTE, email));
  if (limited !== null) return limited;
  const from = clientAddress(request, settings.trustedProxies) ?? "unknown";
  if (!(await countMail(env.DB, email, from, Date.now())))
    return refusal(429, "rate_limited", "no more links go to this address today: use the newest one, or a passkey");
  ctx.waitUntil(mailLink(email, url.origin, env, settings));
  return Response.json({ sent: true });
}

async function mailLink(email: string, origin: string, env: SignInEnv, settings: Settings): Promise<void> {
  const known = await env.DB.prepare("SELECT 1 FROM people WHERE email = ?1").bind(email).first();
  if (known === null && !(await maySignUp(env.DB, settings, email))) {
    const text = `Somebody, perhaps you, wants to sign in at ${origin} with this address. Nobody signs in with it there, and new people need an invitation. If you expected to get in, ask the owner of your account to invite this address.`;
    await sendMail(env, settings, { to: email, subject: "Signing in at ResCDN", text });
    return;
  }
  const link = await newLink(env, origin, email);
  const text = `Sign in at ResCDN:\n\n${link}\n\nThe link holds for ${LINK_MINUTES} minutes and works once. If you did not ask for it, do nothing: nobody gets in without it.`;
  await sendMail(env, settings, { to: email, subject: "Your link to sign in at ResCDN", text });
}

/**
 * A link that signs in whoever has the address. Its token stands behind `#`, so that no log and no referrer has it, and no
 * scanner of mail that follows links uses it up.
 */
export async function newLink(env: SignInEnv, origin: string, email: string): Promise<string> {
  let made = "";
  const signIn = createSignIn(env.DB, signInSettings(env, origin), (_, token) => {
    made = token;
  });
  await signIn.api.signInMagicLink({ body: { email }, headers: new Headers({ origin }) });
  return `${origin}/sign-in/link#${made}`;
}

/** Signs in whoever shows a link's token. Only a page of ours can: a link that somebody else plants signs in nobody. */
async function useLink({ request, url, env }: Visit): Promise<Response> {
  const token = (await field(request, "token")) ?? "";
  const answer = await signInOf(env, url.origin).api.magicLinkVerify({
    query: { token },
    headers: request.headers,
    asResponse: true,
  });
  if (answer.status !== 200)
    return refusal(400, "link_over", "this link has been used, or is too old: ask for a new one");
  return new Response('{"signed_in":true}', {
    headers: [
      ["content-type", "application/json"],
      ...answer.headers.getSetCookie().map((cookie): [string, string] => ["set-cookie", cookie]),
    ],
  });
}

async function hasAllPasskeys({ headers }: Request, { origin }: URL, env: SignInEnv): Promise<boolean> {
  const session = await signInOf(env, origin).api.getSession({ headers });
  if (session === null) return false;
  const { user } = session;
  const count = await env.DB.prepare("SELECT COUNT(*) AS n FROM passkeys WHERE person_id = ?1")
    .bind(user.id)
    .first<number>("n");
  return (count ?? 0) >= BOUNDS.passkeys.rows;
}

/** Whoever finds a browser open must not be able to take its owner's way in away. */
async function isFresh({ headers }: Request, { origin }: URL, env: SignInEnv): Promise<boolean> {
  const session = await signInOf(env, origin).api.getSession({ headers, query: { disableRefresh: true } });
  return session !== null && Date.now() - session.session.createdAt.getTime() < FRESH_SECONDS * 1000;
}

async function field(request: Request, name: string): Promise<string | null> {
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null) return null;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === "string" ? value : null;
}

const signIns = new WeakMap<SignInEnv, Map<string, SignIn>>();
/** Of one machine there may be a few origins; requests that make up ports get no more room than that. */
const MOST_ORIGINS = 8;

/** How people sign in at an origin; it mails nothing. */
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

function signInSettings(env: SignInEnv, origin: string) {
  const { signInSecret, signUp, operators, github } = settingsOf(env);
  if (signInSecret === null) throw new Error("SIGN_IN_SECRET is not set");
  return { origin, secret: signInSecret, signUp, operators, github };
}

/** Whether one more mail may go to an address for an account; each that goes counts, whoever asks for it. */
export async function mayMail(env: SignInEnv, email: string, account: string): Promise<boolean> {
  const limited = await limitedBy(env, settingsOf(env), null, "links", LINKS_PER_MINUTE, email);
  return limited === null && countMail(env.DB, email, account, Date.now());
}

/** A 429 where an address, or a name, has had as many of these as it may within 60 seconds. */
async function limitedBy(
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

function refusal(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return withHeaders(Response.json({ error, code }, { status, headers }));
}

function withHeaders(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, headers });
}
