import { parseDeltaSeconds } from "./delta-seconds.ts";
import { isToken, listMembers, unquoted } from "./field-syntax.ts";

/** The directives of a `Cache-Control` field of a request or a response (RFC 9111 §5.2, RFC 5861, RFC 8246). */
export interface CacheControl {
  /** All numbers here are seconds. */
  readonly maxAge?: number;
  readonly sMaxage?: number;
  readonly staleWhileRevalidate?: number;
  readonly staleIfError?: number;
  readonly noStore: boolean;
  /** True, or the names (lower case) of the only fields that it applies to. */
  readonly noCache: boolean | readonly string[];
  /** True, or the names (lower case) of the only fields that it applies to. */
  readonly private: boolean | readonly string[];
  readonly public: boolean;
  readonly mustRevalidate: boolean;
  readonly proxyRevalidate: boolean;
  readonly mustUnderstand: boolean;
  readonly noTransform: boolean;
  readonly onlyIfCached: boolean;
  readonly immutable: boolean;
}

/** The directives of a request that the edge heeds. */
export type RequestCacheControl = Pick<CacheControl, "noStore" | "onlyIfCached">;

/** {@link CacheControl} while it is being read. */
export type CacheControlDraft = { -readonly [name in keyof Unlimited]: Unlimited[name] } & {
  [name in FieldsDirective]: boolean | string[];
};
type Unlimited = Omit<CacheControl, FieldsDirective>;

type SecondsDirective = "maxAge" | "sMaxage" | "staleWhileRevalidate" | "staleIfError";
type FieldsDirective = "noCache" | "private";
type FlagDirective = Exclude<keyof CacheControl, SecondsDirective | FieldsDirective>;

/** The name of each known directive in {@link CacheControl}, and which kind of argument it takes. */
export type Directive =
  | { kind: "seconds"; name: SecondsDirective }
  | { kind: "fields"; name: FieldsDirective }
  | { kind: "flag"; name: FlagDirective };

/** The known directives by name; all others are ignored (RFC 9111 §5.2.3). */
export const DIRECTIVES: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ["max-age", { kind: "seconds", name: "maxAge" }],
  ["s-maxage", { kind: "seconds", name: "sMaxage" }],
  ["stale-while-revalidate", { kind: "seconds", name: "staleWhileRevalidate" }],
  ["stale-if-error", { kind: "seconds", name: "staleIfError" }],
  ["no-cache", { kind: "fields", name: "noCache" }],
  ["private", { kind: "fields", name: "private" }],
  ["no-store", { kind: "flag", name: "noStore" }],
  ["public", { kind: "flag", name: "public" }],
  ["must-revalidate", { kind: "flag", name: "mustRevalidate" }],
  ["proxy-revalidate", { kind: "flag", name: "proxyRevalidate" }],
  ["must-understand", { kind: "flag", name: "mustUnderstand" }],
  ["no-transform", { kind: "flag", name: "noTransform" }],
  ["only-if-cached", { kind: "flag", name: "onlyIfCached" }],
  ["immutable", { kind: "flag", name: "immutable" }],
]);

/** The directives of a message that has none. */
export const NO_DIRECTIVES: CacheControl & Record<FieldsDirective, boolean> = Object.freeze({
  noStore: false,
  noCache: false,
  private: false,
  public: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  noTransform: false,
  onlyIfCached: false,
  immutable: false,
});

/**
 * Reads a `Cache-Control` value (RFC 9111 §5.2). It never fails: unknown directives are ignored, the first of a repeated
 * directive counts, and an argument that is not a number of seconds counts as 0, which makes the response stale.
 */
export function parseCacheControl(value: string | null): CacheControl {
  if (value === null || value === "") return NO_DIRECTIVES;
  if (value === lastRead.value) return lastRead.directives;
  const draft: CacheControlDraft = { ...NO_DIRECTIVES };
  for (const member of listMembers(value)) readMember(draft, member);
  lastRead = { value, directives: draft };
  return draft;
}

/** The same value is asked for several times while one response is handled. */
let lastRead: { value: string; directives: CacheControl } = { value: "", directives: NO_DIRECTIVES };

/**
 * A request's directives (RFC 9111 §5.2.1). `Pragma: no-cache` (RFC 9111 §5.4) is another name for `no-cache`, which is not
 * heeded either.
 */
export function parseRequestCacheControl(headers: Headers): RequestCacheControl {
  return parseCacheControl(headers.get("cache-control"));
}

function readMember(draft: CacheControlDraft, member: string): void {
  const equals = member.indexOf("=");
  const written = equals === -1 ? member : member.slice(0, equals);
  const name = written.trimEnd();
  const directive = DIRECTIVES.get(name.toLowerCase());
  if (directive === undefined) return;
  const argument = equals === -1 ? null : unquoted(member.slice(equals + 1));
  switch (directive.kind) {
    case "flag":
      draft[directive.name] = true;
      return;
    case "fields":
      draft[directive.name] = limitedTo(draft[directive.name], argument);
      return;
    case "seconds":
      // RFC 9111 §4.2.1: of several values "either the first occurrence should be used" or the response be stale. RFC 9111
      // §5.2: `token [ "=" ( token / quoted-string ) ]`: with a space before the "=" the argument is not a number.
      draft[directive.name] ??= secondsOf(name === written ? argument : "");
      return;
    default:
      directive satisfies never;
  }
}

function secondsOf(argument: string | null): number {
  // RFC 9111 §4.2.1: caches are "encouraged to consider responses that have invalid freshness information" stale.
  return argument === null ? 0 : (parseDeltaSeconds(argument) ?? 0);
}

/** Adds the field names of one occurrence. If it has none, or unreadable ones, the directive applies without limit. */
export function limitedTo(known: boolean | string[], argument: string | null): boolean | string[] {
  if (known === true || argument === null) return true;
  const names = listMembers(argument.toLowerCase());
  if (names.length === 0 || !names.every(isToken)) return true;
  if (known === false) return names;
  // Added to the existing list: a copy for each occurrence would take quadratic time.
  for (const name of names) known.push(name);
  return known;
}
