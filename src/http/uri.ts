const INVALID_PERCENT = /%(?![0-9A-Fa-f]{2})/;
const PERCENT_ENCODED = /%[0-9A-Fa-f]{2}/g;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/**
 * The path of a cache key (RFC 3986 §6.2.2): unreserved characters decoded, other percent-encodings in upper case, dot segments
 * removed, even percent-encoded ones. Empty segments (`//`) and `%2F` are kept: servers tell them from `/`. A path with a `%`
 * that encodes nothing is kept byte for byte, since no reading of it is safe.
 *
 * Applying it to its own result changes nothing.
 *
 * @param path as `URL.pathname` gives it, beginning with `/`
 */
export function normalisePath(path: string): string {
  if (!path.includes("%")) return withoutDotSegments(path);
  return INVALID_PERCENT.test(path) ? path : withoutDotSegments(path.replace(PERCENT_ENCODED, normaliseEncoding));
}

/** RFC 3986 §6.2.2.1, §6.2.2.2: hexadecimal digits in upper case, unreserved characters decoded. */
function normaliseEncoding(encoding: string): string {
  const char = String.fromCharCode(Number.parseInt(encoding.slice(1), 16));
  return UNRESERVED.test(char) ? char : encoding.toUpperCase();
}

/** RFC 3986 §5.2.4, for a path that begins with `/`. */
function withoutDotSegments(path: string): string {
  if (!path.includes("/.")) return path;
  const kept: string[] = [];
  const segments = path.slice(1).split("/");
  for (const [index, segment] of segments.entries()) {
    const isDots = segment === "." || segment === "..";
    if (segment === "..") kept.pop();
    if (!isDots) kept.push(segment);
    else if (index === segments.length - 1) kept.push("");
  }
  return `/${kept.join("/")}`;
}

/**
 * Which part of a query counts: all unchanged, all sorted by name, nothing, only the parameters named, or all but these. A name
 * that ends in `*` stands for all names with that beginning.
 */
export type QueryRule = "keep" | "sort" | "ignore" | readonly string[] | { readonly except: readonly string[] };

/**
 * The query of a cache key by the zone's rule, with its `?`, or `""`. Parameters are kept byte for byte, and those of one name
 * keep their order. Names are compared decoded, so that another spelling of a name that counts is not missed.
 *
 * @param search as `URL.search` gives it
 */
export function normaliseQuery(search: string, rule: QueryRule): string {
  if (rule === "keep" || search === "") return search;
  if (rule === "ignore") return "";
  const named = search
    .slice(1)
    .split("&")
    .map((parameter) => ({ parameter, name: nameOf(parameter) }));
  const counting = rule === "sort" ? named : named.filter(({ name }) => counts(name, rule));
  if (counting.length === 0) return "";
  counting.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `?${counting.map(({ parameter }) => parameter).join("&")}`;
}

function counts(name: string, rule: readonly string[] | { readonly except: readonly string[] }): boolean {
  return "except" in rule ? !isListed(name, rule.except) : isListed(name, rule);
}

function isListed(name: string, list: readonly string[]): boolean {
  return list.some((listed) => (listed.endsWith("*") ? name.startsWith(listed.slice(0, -1)) : name === listed));
}

function nameOf(parameter: string): string {
  const equals = parameter.indexOf("=");
  const name = equals === -1 ? parameter : parameter.slice(0, equals);
  if (!name.includes("%") && !name.includes("+")) return name;
  // After a "&", a name that begins with "?" keeps its "?".
  const [decoded = name] = new URLSearchParams(`&${name}`).keys();
  return decoded;
}
