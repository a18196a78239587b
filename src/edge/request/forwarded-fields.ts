import { endToEndHeaders } from "../../http/hop-by-hop.ts";
import { mayBeListed, requestFieldLine } from "../../http/request-fields.ts";
import { variantKey } from "../../http/vary.ts";
import { weightedValues } from "../../http/weighted-list.ts";
import type { ForwardSettings, ZoneSettings } from "../../zones/settings.ts";

/** A field of a client's request as the origin gets it; the name in lower case. */
export type ForwardedField = readonly [name: string, value: string];

/** Needed to read the body of an unsafe request, and of no other. A part without its range would pass for the whole. */
export const CONTENT_HEADERS: readonly string[] = [
  "content-type",
  "content-encoding",
  "content-language",
  "content-length",
  "content-range",
];

/** Fields that are lists with weights (RFC 9110 §12.5): neither case nor space nor the place of a smaller weight counts. */
const WEIGHTED: ReadonlySet<string> = new Set(["accept", "accept-charset", "accept-language"]);

/**
 * The headers that the zone lists, as they are in the cache key and as the origin gets them: in one spelling, so that an
 * answer cannot depend on what the key does not tell apart. By name; a value that is no field value (RFC 9110 §5.5) is left out.
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
 * What the origin gets of a client's request beside the listed headers, and what only `Vary` can tell apart: every header
 * of a zone that forwards all but those that steer applications, cookies, credentials, the client's address.
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
 * The request with the address that its client has in `X-Forwarded-For`, in the place of what the client states there. So it is
 * a field of the request like others that tell clients apart without being in the key: see `unlistedFields`.
 *
 * @param address null: unknown
 */
export function withAddress(request: Request, address: string | null): Request {
  const headers = new Headers(request.headers);
  if (address === null) headers.delete("x-forwarded-for");
  else headers.set("x-forwarded-for", address);
  return new Request(request, { headers });
}

/** Whether the origin sees nothing of a client's request but its URL. */
export function isShownNothing({ headers, cookies, authorization, client_ip }: ForwardSettings): boolean {
  return headers.length === 0 && !cookies && !authorization && !client_ip;
}

/**
 * The request fields by which a stored response is selected beside its key: those of its `Vary` that the origin has seen
 * and that are not in the key. In a zone whose objects change by unsafe methods the listed headers are not in the key, since
 * a change has to reach all variants, so each response varies on them: by `=name`, see {@link variantOf}.
 *
 * @param vary as `varyFields` gives them
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
 * The variant that a request selects. Of the fields in a `Vary`, what RFC 9111 §4.1 takes for equal is one; of listed headers
 * only what the origin gets as the same: it may choke on one spelling of a value, and not on another.
 *
 * @param selecting as {@link selectingFields} gives them
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

/** Those with a switch of their own. The address is the one that the client has: see `withAddress`. */
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

/** Whether it goes along where all headers are forwarded. */
function mayPass([name, value]: ForwardedField): boolean {
  return requestFieldLine(name) === null && isFieldValue(value);
}

/** RFC 9110 §5.5: "Field values containing other CTL characters are also invalid"; servers choke on them. */
function isFieldValue(value: string): boolean {
  return !/[\0-\x08\x0a-\x1f\x7f]/.test(value);
}

/** By weight, those of one weight in the order in which they came; as it stands where a weight cannot be read. */
function inOneSpelling(value: string): string {
  const members = weightedValues(value);
  if (members.some(({ weight }) => weight === null)) return value;
  return members
    .toSorted((a, b) => b.weight! - a.weight!)
    .map((member) => (member.weight === 1 ? member.value : `${member.value};q=${member.weight}`))
    .join(",");
}
