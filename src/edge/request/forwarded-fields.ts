import { endToEndHeaders } from "../../http/hop-by-hop.ts";
import { mayBeListed, requestFieldLine } from "../../http/request-fields.ts";
import { variantKey } from "../../http/vary.ts";
import { weightedValues } from "../../http/weighted-list.ts";
import type { ForwardSettings, ZoneSettings } from "../../zones/settings.ts";

/** A field of a client's request as the origin gets it, with its name in lower case. */
export type ForwardedField = readonly [name: string, value: string];

/**
 * Fields that are needed to read the body of an unsafe request, and of no other. Without its range, a part would pass for the
 * whole.
 */
export const CONTENT_HEADERS: readonly string[] = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
];

/** Fields that are lists with weights (RFC 9110 §12.5). Case, space and the position of a smaller weight do not count. */
const WEIGHTED: ReadonlySet<string> = new Set(["accept", "accept-charset", "accept-language"]);

/**
 * The headers that the zone lists, as they are in the cache key and as the origin gets them: in one spelling, so that an answer
 * cannot depend on a difference that is not in the key. Sorted by name; values that are not valid (RFC 9110 §5.5) are left out.
 */
export function listedFields(
  client: Headers,
  { headers }: Pick<ForwardSettings, "headers">,
): readonly ForwardedField[] {
  if (headers === "all" || headers.length === 0) return NONE;
  const fields: ForwardedField[] = [];
  for (const name of headers) {
    const value = mayBeListed(name) ? client.get(name) : null;
    if (value !== null && isFieldValue(value)) fields.push([name, WEIGHTED.has(name) ? inOneSpelling(value) : value]);
  }
  return fields.sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * What the origin gets of a client's request besides the listed headers, which only `Vary` can tell apart: cookies,
 * credentials, the client's address and, in a zone that forwards all headers, every other one except those that steer
 * applications.
 */
export function unlistedFields(client: Headers, forward: ForwardSettings): readonly ForwardedField[] {
  const { headers, cookies, authorization, client_ip, except = NONE_LISTED } = forward;
  if (headers !== "all" && !cookies && !authorization && !client_ip) return NONE;
  const fields: ForwardedField[] =
    headers === "all"
      ? [...endToEndHeaders(client)].filter((field) => mayPass(field) && !except.includes(field[0]))
      : [];
  for (const name of SWITCHED) {
    const value = isSwitchedOn(name, forward) ? client.get(name) : null;
    if (value !== null && isFieldValue(value)) fields.push([name, value]);
  }
  return fields;
}

/**
 * The request with its client's real address in `X-Forwarded-For`, replacing what the client states there. So the address is a
 * field like others that tell clients apart without being in the key: see `unlistedFields`.
 *
 * @param address null: unknown
 */
export function withAddress(request: Request, address: string | null): Request {
  const headers = new Headers(request.headers);
  if (address === null) headers.delete("x-forwarded-for");
  else headers.set("x-forwarded-for", address);
  return new Request(request, { headers });
}

/** Whether the origin sees only the URL of a client's request. */
export function isShownNothing({ headers, cookies, authorization, client_ip }: ForwardSettings): boolean {
  return headers.length === 0 && !cookies && !authorization && !client_ip;
}

/**
 * The request fields that select a stored response besides its key: those in its `Vary` that the origin has seen and that are
 * not in the key. In a zone whose objects unsafe methods change, the listed headers are not in the key, since a change has to
 * reach all variants. So each response varies on them, written `=name`, see {@link variantOf}.
 *
 * @param vary as `varyFields` returns them
 */
export function selectingFields(
  vary: readonly string[],
  { forward, methods }: Pick<ZoneSettings, "forward" | "methods">,
): readonly string[] {
  const listed = methods === "all" && forward.headers !== "all" ? forward.headers : NONE_LISTED;
  const selecting = vary.filter((name) => isUnlisted(name, forward));
  return listed.length === 0 ? selecting : [...selecting, ...listed.map((name) => LISTED + name)].sort();
}

/**
 * The variant that a request selects. Values of fields in a `Vary` are the same if RFC 9111 §4.1 takes them for equal. Values
 * of listed headers are the same only if the origin gets them spelled the same: it may choke on one spelling but not on
 * another.
 *
 * @param selecting as {@link selectingFields} returns them
 */
export function variantOf(selecting: readonly string[], client: Headers): string {
  const varying = selecting.filter((name) => !name.startsWith(LISTED));
  if (varying.length === selecting.length) return variantKey(selecting, client);
  const headers = selecting.filter((name) => name.startsWith(LISTED)).map((name) => name.slice(LISTED.length));
  const listed = listedFields(client, { headers }).map(([name, value]) => `${LISTED}${name}:${value}\n`);
  return variantKey(varying, client) + listed.join("");
}

/** No field name begins so. */
const LISTED = "=";

const NONE: readonly ForwardedField[] = [];
const NONE_LISTED: readonly string[] = [];

/** Fields with a switch of their own. The address is the client's real one: see `withAddress`. */
const SWITCHED = ["cookie", "authorization", "x-forwarded-for"] as const;

function isSwitchedOn(
  name: (typeof SWITCHED)[number],
  { cookies, authorization, client_ip }: ForwardSettings,
): boolean {
  if (name === "cookie") return cookies;
  return name === "authorization" ? authorization : client_ip === true;
}

function isUnlisted(name: string, forward: ForwardSettings): boolean {
  const switched = SWITCHED.find((known) => known === name);
  if (switched !== undefined) return isSwitchedOn(switched, forward);
  return forward.headers === "all" && requestFieldLine(name) === null;
}

/** Whether a field is forwarded if all headers are. */
function mayPass([name, value]: ForwardedField): boolean {
  return requestFieldLine(name) === null && isFieldValue(value);
}

/** RFC 9110 §5.5: "Field values containing other CTL characters are also invalid"; servers choke on them. */
function isFieldValue(value: string): boolean {
  return !/[\0-\x08\x0a-\x1f\x7f]/.test(value);
}

/** Sorted by weight, and in their given order if the weights are equal. Unchanged if a weight cannot be read. */
function inOneSpelling(value: string): string {
  const members = weightedValues(value);
  if (members.some(({ weight }) => weight === null)) return value;
  return members
    .toSorted((a, b) => b.weight! - a.weight!)
    .map((member) => (member.weight === 1 ? member.value : `${member.value};q=${member.weight}`))
    .join(",");
}
