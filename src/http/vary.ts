import { isToken, listMembers } from "./field-syntax.ts";
import { type WeightedValue, weightedValues } from "./weighted-list.ts";

/** Fields where the order of members says nothing and case says nothing but in parameters (RFC 9110 §12.5). */
const NEGOTIATION: ReadonlySet<string> = new Set(["accept", "accept-charset", "accept-encoding", "accept-language"]);

/** What more fields select would hardly be selected again. */
const MAX_FIELDS = 32;

/** Fields that are no lists, in which a space beside a comma may mean something. */
const SINGLE: ReadonlySet<string> = new Set(["authorization", "cookie", "origin", "referer", "user-agent"]);

/**
 * The request fields that a response depends on (RFC 9110 §12.5.5): lower case, sorted, each once. `"*"` if anything may
 * matter, and also if a member is no field name, because then nobody can tell what matters, or if there are more than 32.
 */
export function varyFields(headers: Headers): readonly string[] | "*" {
  const value = headers.get("vary");
  if (value === null) return [];
  const names = new Set(listMembers(value.toLowerCase()));
  // A variant's key has a line for each, made anew for each request.
  if (names.size > MAX_FIELDS) return "*";
  for (const name of names) {
    if (name === "*" || !isToken(name)) return "*";
  }
  return [...names].sort();
}

/**
 * What tells the variants of a resource apart: the request's values of the fields that its responses vary on, normalised
 * as RFC 9111 §4.1 allows. Equal for two requests exactly if one may have the other's variant.
 *
 * A line per field, `name:value`, or `name` where the request lacks it. Field values hold no line breaks and names no
 * colon, so no value can pass for another field.
 *
 * @param fields as {@link varyFields} gives them
 */
export function variantKey(fields: readonly string[], requestHeaders: Headers): string {
  let key = "";
  for (const name of fields) {
    const value = requestHeaders.get(name);
    key += value === null ? `${name}\n` : `${name}:${normalised(name, value)}\n`;
  }
  return key;
}

/**
 * A {@link variantKey} with the language of a response in the place of what requests say of languages. A response that
 * names its `Content-Language` may be stored under this key too, and answer requests whose one preferred language it is
 * (see {@link preferredLanguage}). Null where language does not matter.
 */
export function languageVariantKey(variant: string, language: string): string | null {
  const lines = variant.split("\n");
  const at = lines.findIndex((line) => line === "accept-language" || line.startsWith("accept-language:"));
  // A field name holds no `=`, so no request can have such a line.
  return at === -1 ? null : lines.with(at, `accept-language=${language.toLowerCase()}`).join("\n");
}

/** The one language that a request prefers to all others, in lower case (RFC 9110 §12.5.4); null if there is none. */
export function preferredLanguage(acceptLanguage: string | null): string | null {
  let best: string | null = null;
  let bestWeight = 0;
  for (const { value, weight } of weightedValues(acceptLanguage)) {
    if (weight === null) return null;
    if (weight > bestWeight) {
      best = value;
      bestWeight = weight;
    } else if (weight === bestWeight && value !== best) {
      best = null;
    }
  }
  return best === "*" ? null : best;
}

/** Longer values are compared as they stand: an origin may choke on one spelling of them and not on another. */
const LONGEST_NORMALISED = 256;

function normalised(name: string, value: string): string {
  if (SINGLE.has(name) || value.length > LONGEST_NORMALISED) return value;
  const members = listMembers(value);
  // One that says nothing, or the same again, is there for a reason that an origin may know.
  if (members.length !== value.split(",").length || new Set(members).size !== members.length) return value;
  if (!NEGOTIATION.has(name)) return members.join(",");
  return spelledInOrder(weightedValues(value)) ?? members.join(",");
}

/** Null if a weight cannot be read, or is spelled at length: it may mean something to the origin all the same. */
function spelledInOrder(members: readonly WeightedValue[]): string | null {
  const spelled: string[] = [];
  for (const { value, weight } of members) {
    if (weight === null) return null;
    spelled.push(weight === 1 ? value : `${value};q=${weight}`);
  }
  return new Set(spelled).size === spelled.length ? spelled.sort().join(",") : null;
}
