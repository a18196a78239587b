import { type Admission, admitCaller } from "../accounts/admit.ts";
import type { Product } from "../accounts/token.ts";
import type { Person } from "../people/person.ts";
import { settingsOf } from "../settings.ts";
import type { RestContext } from "./context.ts";

/** Who has sent a request, according to their session. Null: this is not the dashboard's host, or nobody is signed in. */
export async function personOf(c: RestContext): Promise<Person | null> {
  const request = c.req.raw;
  // The sign-in code is large, so it is loaded only for requests with a cookie to the dashboard's host.
  if (!request.headers.has("cookie") || new URL(request.url).hostname !== settingsOf(c.env).dashboardHost) return null;
  const { signedIn } = await import("../people/signed-in.ts");
  return signedIn(request, c.env);
}

/**
 * Admits a signed-in person in place of a key. Null: there is none.
 *
 * @param noAccount makes the error to throw if they do not act for such an account, whether it exists or not
 */
export async function sessionAdmission(
  c: RestContext,
  product: Product,
  noAccount: (sentence: string) => Error,
): Promise<Admission | null> {
  const person = await personOf(c);
  if (person === null) return null;
  const { memberCaller } = await import("../people/member-caller.ts");
  const caller = await memberCaller(c.env.DB, person, product, headersOf(c.req.raw));
  if (caller === null)
    throw noAccount("you are not a member of such an account: create one, or ask its owner for an invitation");
  return admitCaller(c.env.RATE_LIMITER, caller, c.var.now);
}

/** Browsers cannot add headers to a WebSocket request, so the query has their values. */
function headersOf({ headers, url }: Request): Headers {
  if (headers.get("upgrade")?.toLowerCase() !== "websocket") return headers;
  const { searchParams } = new URL(url);
  const said = new Headers(headers);
  for (const name of ["account", "mode"]) {
    const value = searchParams.get(name);
    if (value !== null) said.set(`x-rescdn-${name}`, value);
  }
  return said;
}
