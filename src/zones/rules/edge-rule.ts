/** A text in which `*` stands for any run of characters, none too; a list: any of them. */
export type Globs = string | readonly string[];

/** What is asked of a value: that it is there (`true`) or not (`false`), is like a glob, or equals a text to the letter. */
export type ValueTest = boolean | Globs | { readonly equals: string };

/** When a rule matches: all that is named has to hold; `{}` always does. */
export interface When {
  /** Of the path, as cache keys have it. */
  readonly path?: Globs;
  /** Of the path's last segment, in lower case and without the dot. */
  readonly extension?: string | readonly string[];
  /** Of parameters of the query, by name; of several of one name, one has to do. */
  readonly query?: Readonly<Record<string, ValueTest>>;
  /** Of the client's request fields, by name; capitals do not count in their values. */
  readonly header?: Readonly<Record<string, ValueTest>>;
  /** ISO 3166 codes of the client's country; an unknown country is none of them. */
  readonly country?: string | readonly string[];
  readonly method?: string | readonly string[];
  /** What the client has asked by. */
  readonly scheme?: "http" | "https";
  /** The hostname that the client has asked. */
  readonly host?: Globs;
  readonly all?: readonly When[];
  readonly any?: readonly When[];
  readonly none?: readonly When[];
}

/** Fields to set, by name in lower case; null takes one away. */
export type FieldChanges = Readonly<Record<string, string | null>>;

/** What is done where a rule matches. */
export interface Actions {
  /** To a path or URL, in which `$1` to `$9` stand for what the path glob's stars have matched. */
  readonly redirect?: {
    readonly to: string;
    readonly status?: RedirectStatus;
    /** What becomes of the client's query. */
    readonly query?: "keep" | "drop";
  };
  readonly deny?: { readonly status?: DenyStatus; readonly text?: string };
  /** Seconds at the edge, whatever the origin says but `private` and `no-store`. */
  readonly edge_ttl?: number;
  /** Seconds at clients. */
  readonly browser_ttl?: number;
  /** Nothing is looked up and nothing is stored. */
  readonly cache?: "bypass";
  /** What of the query string counts, as the zone's setting of that name. */
  readonly query?: "keep" | "sort" | "ignore" | readonly string[] | { readonly except: readonly string[] };
  readonly request_headers?: FieldChanges;
  readonly response_headers?: FieldChanges;
  /** Another origin, `scheme://host[:port]`, perhaps with a path; or the name of one of the zone's, which is then asked first. */
  readonly origin?: string;
  readonly signature?: "required" | "none";
  /** Has browsers save it: under its own name, or another. */
  readonly download?: boolean | string;
}

/** One of a zone's edge rules, which are tried in their order. */
export interface EdgeRule {
  readonly name?: string;
  /** Left out: yes. */
  readonly enabled?: boolean;
  /** Left out: each request. */
  readonly when?: When;
  readonly do: Actions;
}

export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;
export type RedirectStatus = (typeof REDIRECT_STATUSES)[number];

/** Those that need no further field: a 401 would have to say how to sign in, a 405 what is allowed. */
export const DENY_STATUSES = [400, 403, 404, 406, 409, 410, 418, 422, 423, 429, 451, 503] as const;
export type DenyStatus = (typeof DENY_STATUSES)[number];

/** What a zone's rules may be in all, so that none makes a request slow. */
export const RULE_BOUNDS = { rules: 100, globs: 500, depth: 3, list: 100, glob: 500 } as const;

/**
 * Of a zone that takes unsafe methods, how many rules that change what is stored may look at who asks: what changes is forgotten
 * for each set of them.
 */
export const MOST_OPEN = 6;

/** Whether a rule changes what is stored, or sent to the origin. */
export function changesStored({ do: actions }: EdgeRule): boolean {
  return STORED.some((name) => actions[name] !== undefined);
}

const STORED = ["edge_ttl", "cache", "query", "request_headers", "origin"] as const;

/** Whether a condition looks at who asks, not at the URL alone. */
export function looksAtClient({ header, country, method, scheme, all = [], any = [], none = [] }: When): boolean {
  if (header !== undefined || country !== undefined || method !== undefined || scheme !== undefined) return true;
  return [...all, ...any, ...none].some(looksAtClient);
}

/** The members of what may be one or a list. */
export function listOf(one: string | readonly string[] | undefined): readonly string[] {
  if (one === undefined) return [];
  return typeof one === "string" ? [one] : one;
}
