import { clientAddress } from "../accounts/client-address.ts";
import type { Settings } from "../settings.ts";
import { sendMail } from "./mail.ts";
import { countMail } from "./mails-of-day.ts";
import { createSignIn, LINK_MINUTES } from "./sign-in.ts";
import { refusal } from "./sign-in-answers.ts";
import { type SignInEnv, signInOf, signInSettings } from "./sign-in-at.ts";
import { LINKS_PER_ADDRESS, LINKS_PER_MINUTE, limitedBy } from "./sign-in-limits.ts";
import { maySignUp } from "./sign-up.ts";

export { LINK_MINUTES } from "./sign-in.ts";

/** A request under `/auth` that we answer ourselves. */
export interface Visit {
  request: Request;
  url: URL;
  env: SignInEnv;
  settings: Settings;
  ctx: ExecutionContext;
}

/**
 * Mails a link to whoever may sign in with the address. The answer is the same for every address, and takes the same time, so
 * it tells nobody who is a person here.
 */
export async function sendLink({ request, url, env, settings, ctx }: Visit): Promise<Response> {
  const email = (await field(request, "email"))?.trim().toLowerCase() ?? "";
  if (!/^[^\s@<>,;:"()[\]\\]{1,64}@[a-z0-9.-]{1,190}$/.test(email))
    return refusal(422, "invalid_request", "this is not an e-mail address");
  const limited =
    (await limitedBy(env, settings, request, "links", LINKS_PER_ADDRESS)) ??
    (await limitedBy(env, settings, request, "links", LINKS_PER_MINUTE, email));
  if (limited !== null) return limited;
  const from = clientAddress(request, settings.trustedProxies) ?? "unknown";
  if (!(await countMail(env.DB, email, from, Date.now())))
    return refusal(
      429,
      "rate_limited",
      "no more links are sent to this address today: use the newest one, or a passkey",
    );
  ctx.waitUntil(mailLink(email, url.origin, env, settings));
  return Response.json({ sent: true });
}

async function mailLink(email: string, origin: string, env: SignInEnv, settings: Settings): Promise<void> {
  const known = await env.DB.prepare("SELECT 1 FROM people WHERE email = ?1").bind(email).first();
  if (known === null && !(await maySignUp(env.DB, settings, email))) {
    const text = `Somebody, perhaps you, wants to sign in at ${origin} with this address. It is not known there, and new people need an invitation. If it was you, ask the owner of your account to invite this address.`;
    await sendMail(env, settings, { to: email, subject: "Signing in at ResCDN", text });
    return;
  }
  const link = await newLink(env, origin, email);
  const text = `Sign in at ResCDN:\n\n${link}\n\nThe link is valid for ${LINK_MINUTES} minutes and works once. If you did not ask for it, ignore this mail: nobody can sign in without the link.`;
  await sendMail(env, settings, { to: email, subject: "Your sign-in link for ResCDN", text });
}

/**
 * A link that signs in whoever has the address. Its token comes after `#`, so that it gets into no log or referrer, and mail
 * scanners that follow links do not use it up.
 */
export async function newLink(env: SignInEnv, origin: string, email: string): Promise<string> {
  let made = "";
  const signIn = createSignIn(env.DB, signInSettings(env, origin), (_, token) => {
    made = token;
  });
  await signIn.api.signInMagicLink({ body: { email }, headers: new Headers({ origin }) });
  return `${origin}/sign-in/link#${made}`;
}

/**
 * Signs in whoever shows a link's token. Only a page of ours can do this, so a link planted by somebody else signs in nobody.
 */
export async function useLink({ request, url, env }: Visit): Promise<Response> {
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

async function field(request: Request, name: string): Promise<string | null> {
  const body: unknown = await request.json().catch(() => null);
  if (typeof body !== "object" || body === null) return null;
  const value = (body as Record<string, unknown>)[name];
  return typeof value === "string" ? value : null;
}
