/** Directives by lower-case name with their argument; null where there is none. */
export type Directives = ReadonlyMap<string, string | null>;

const MEMBER = /\s*([!#$%&'*+.^_`|~\w-]+)(?:=("(?:[^"\\]|\\.)*"|[^\s,;"]*))?\s*/y;

/** `Cache-Control` by the grammar of RFC 9111 §5.2; of a repeated directive the first (§4.2.1). */
export function cacheControl(value: string | null): Directives {
  const found = new Map<string, string | null>();
  let at = 0;
  while (value !== null && at < value.length) {
    MEMBER.lastIndex = at;
    const match = MEMBER.exec(value);
    const end = match === null ? at : MEMBER.lastIndex;
    const comma = value.indexOf(",", end);
    if (match !== null && (end === value.length || value[end] === ",")) {
      const name = match[1]!.toLowerCase();
      const argument = match[2]?.replace(/^"(.*)"$/, "$1") ?? null;
      if (!found.has(name)) found.set(name, argument);
    }
    at = comma === -1 ? value.length : comma + 1;
  }
  return found;
}

const TARGETED = /^([a-z*][a-z0-9_.*-]*)(?:=(-?\d+|"[^"]*"))?$/;

/** `CDN-Cache-Control`, a Dictionary (RFC 9213 §2.1, RFC 8941 §3.2); null where it is empty or cannot be parsed. */
export function targetedCacheControl(value: string | null): Directives | null {
  if (value === null || value.trim() === "") return null;
  const found = new Map<string, string | null>();
  for (const member of value.split(",")) {
    const match = TARGETED.exec(member.trim());
    if (match === null) return null;
    found.set(match[1]!, match[2]?.replaceAll('"', "") ?? null);
  }
  return found;
}

/** `Surrogate-Control` (W3C Edge Architecture §2.3): what is said to all surrogates or to this one. */
function surrogateControl(value: string | null): Directives | null {
  const ours = (value ?? "").split(",").flatMap((member) => {
    const [directive = "", target = "rescdn"] = member.split(";");
    return directive.trim() !== "" && target.trim() === "rescdn" ? [directive] : [];
  });
  return ours.length === 0 ? null : cacheControl(ours.join(","));
}

/** The directives that govern a response at a CDN, and whether they came in a field of their own (RFC 9213 §2.2). */
export function governing(headers: Headers): { directives: Directives; targeted: boolean } {
  const targeted =
    targetedCacheControl(headers.get("cdn-cache-control")) ?? surrogateControl(headers.get("surrogate-control"));
  return targeted === null
    ? { directives: cacheControl(headers.get("cache-control")), targeted: false }
    : { directives: targeted, targeted: true };
}

/** The argument in seconds; undefined where the directive is absent, 0 where it says nothing readable (RFC 9111 §4.2.1). */
export function seconds(directives: Directives, name: string): number | undefined {
  if (!directives.has(name)) return undefined;
  const argument = directives.get(name) ?? "";
  return /^\d+$/.test(argument) ? Math.min(Number(argument), 2 ** 31) : 0;
}

/** Whether a directive is there and not limited to some fields. */
export function unlimited(directives: Directives, name: string): boolean {
  return directives.has(name) && !directives.get(name);
}

/** An IMF-fixdate in ms since the epoch; null for anything else. The scenarios use no other form that is valid. */
export function date(value: string | null): number | null {
  const isDate = value !== null && /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(value);
  return isDate ? Date.parse(value) : null;
}

/** Members of a comma-separated list without quoted commas. */
export function list(value: string | null): string[] {
  return (value ?? "")
    .split(",")
    .map((member) => member.trim())
    .filter(Boolean);
}
