/**
 * The parameters that a signed URL has for its token. `token` is its name in the query; in the path form it is `bcdn_token`.
 */
export const TOKEN_PARAMETERS: ReadonlySet<string> = new Set([
  "token",
  "expires",
  "token_path",
  "token_countries",
  "token_countries_blocked",
  "token_ignore_params",
  "limit",
]);

/** Never part of the data, even if the token does not ignore parameters. */
const NEVER_IN_DATA: ReadonlySet<string> = new Set(["token", "expires"]);

/** Part of the data even if the token ignores parameters. */
const ALWAYS_IN_DATA: ReadonlySet<string> = new Set(["token_ignore_params", "token_path"]);

/** These would change what a token grants, but are signed only as part of the data. */
const REFUSED_UNSIGNED = ["token_countries", "token_countries_blocked", "limit"];

/** How the first segment of a path begins if it holds a token. */
export const PATH_FORM = "/bcdn_token=";

/** A parameter of a query, decoded. */
export type Parameter = readonly [name: string, value: string];

/**
 * The parameters of a query or of the path form's segment, decoded like a form. Null: one of them is not UTF-8.
 *
 * @param text without `?`
 */
export function readParameters(text: string): Parameter[] | null {
  const parameters: Parameter[] = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = decoded(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? "" : decoded(part.slice(equals + 1));
    if (name === null || value === null) return null;
    parameters.push([name, value]);
  }
  return parameters;
}

/**
 * Why parameters cannot be signed, as the end of a sentence; null: they can. The message has no separators between its parts,
 * so parameters are refused if they could also be read as another path, time or list of parameters.
 */
export function refusalOfParameters(parameters: readonly Parameter[]): string | null {
  const names = new Set<string>();
  for (const [name, value] of parameters) {
    if (names.has(name)) return `has the parameter ${name} twice`;
    if (/^[0-9]/.test(name)) return `has a parameter whose name begins with a digit: ${name}`;
    if (/[&=\0-\x1f\x7f]/.test(name)) return "has a parameter with &, = or a control character in its name";
    if (value.includes("&")) return `has an & in the value of ${name}`;
    names.add(name);
  }
  return null;
}

/** The parameters that are signed; null: one is unsigned that would have to be signed. */
export function signedParameters(parameters: readonly Parameter[]): Parameter[] | null {
  const ignores = parameters.some(([name, value]) => name === "token_ignore_params" && value === "true");
  if (!ignores) return parameters.filter(([name]) => !NEVER_IN_DATA.has(name));
  if (parameters.some(([name]) => REFUSED_UNSIGNED.includes(name))) return null;
  return parameters.filter(([name]) => ALWAYS_IN_DATA.has(name));
}

/** Decoded like a form, which is how signers read a query. Null: it is not UTF-8. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
