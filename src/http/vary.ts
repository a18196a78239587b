import { isToken, listMembers } from "./field-syntax.ts";
import { type WeightedValue, weightedValues } from "./weighted-list.ts";

/** Fields in which the order of members does not matter, and case matters only in parameters (RFC 9110 §12.5). */
const NEGOTIATION: ReadonlySet<string> = new Set(["accept", "accept-charset", "accept-encoding", "accept-language"]);

/** A response selected by more fields than this would hardly ever be selected again. */
const MAX_FIELDS = 32;

/** Fields that are not lists, in which a space beside a comma may have a meaning. */
const SINGLE: ReadonlySet<string> = new Set(["authorization", "cookie", "origin", "referer", "user-agent"]);

/**
 * The request fields that a response depends on (RFC 9110 §12.5.5): lower case, sorted, each once. `"*"` if anything may
 * matter. Also if a member is not a field name, because then nobody can tell what matters, or if there are more than 32.
 */
export function varyFields(headers: Headers): readonly string[] | "*" {
  const value = headers.get("vary");
  if (value === null) return [];
  const names = new Set(listMembers(value.toLowerCase()));
  // A variant's key has a line for each field, and is made anew for each request.
  if (names.size > MAX_FIELDS) return "*";
  for (const name of names) {
    if (name === "*" || !isToken(name)) return "*";
  }
  return [...names].sort();
}

/**
 * What distinguishes the variants of a resource: the request's values of the fields that its responses vary on, normalised as
 * RFC 9111 §4.1 allows. Equal for two requests exactly if one may get the other's variant.
 *
 * One line per field: `name:value`, or `name` if the request lacks it. Field values contain no line breaks and names no colon,
 * so no value can pass for another field.
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
 * A {@link variantKey} with the language of a response instead of the languages that the request accepts. A response that names
 * its `Content-Language` may be stored under this key too, and answers requests whose single preferred language it is (see
 * {@link preferredLanguage}). Null: language does not matter.
 */
export function languageVariantKey(variant: string, language: string): string | null {
  const lines = variant.split("\n");
  const at = lines.findIndex((line) => line === "accept-language" || line.startsWith("accept-language:"));
  // A field name contains no `=`, so no request can produce such a line.
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

/** Longer values are compared unchanged: an origin may choke on one spelling of them and not on another. */
const LONGEST_NORMALISED = 256;

function normalised(name: string, value: string): string {
  if (SINGLE.has(name) || value.length > LONGEST_NORMALISED) return value;
  const members = listMembers(value);
  // Members that are empty or repeated are kept: the origin may know the reason for them.
  if (members.length !== value.split(",").length || new Set(members).size !== members.length) return value;
  if (!NEGOTIATION.has(name)) return members.join(",");
  return spelledInOrder(weightedValues(value)) ?? members.join(",");
}

/** Null: a weight cannot be read or is unusually long, which may still mean something to the origin. */
function spelledInOrder(members: readonly WeightedValue[]): string | null {
  const spelled: string[] = [];
  for (const { value, weight } of members) {
    if (weight === null) return null;
    spelled.push(weight === 1 ? value : `${value};q=${weight}`);
  }
  return new Set(spelled).size === spelled.length ? spelled.sort().join(",") : null;
}
