/** A text in which `*` stands for any run of characters, or none; in a list, any of them may match. */
export type Globs = string | readonly string[];

/** A test of a value: it is present (`true`) or not (`false`), matches a glob, or equals a text exactly. */
export type ValueTest = boolean | Globs | { readonly equals: string };

/** When a rule matches: everything that is named has to hold; `{}` always does. */
export interface When {
  /** Globs for the path, as it is in cache keys. */
  readonly path?: Globs;
  /** The extension of the path's last segment, in lower case and without the dot. */
  readonly extension?: string | readonly string[];
  /** Tests for query parameters, by name. If several have the same name, one has to pass. */
  readonly query?: Readonly<Record<string, ValueTest>>;
  /** Tests for the client's request fields, by name. Case does not count in their values. */
  readonly header?: Readonly<Record<string, ValueTest>>;
  /** ISO 3166 codes for the client's country. An unknown country matches none. */
  readonly country?: string | readonly string[];
  readonly method?: string | readonly string[];
  /** The scheme that the client used. */
  readonly scheme?: "http" | "https";
  /** Globs for the hostname that the client used. */
  readonly host?: Globs;
  readonly all?: readonly When[];
  readonly any?: readonly When[];
  readonly none?: readonly When[];
}

/** Fields to set, by name in lower case; null removes one. */
export type FieldChanges = Readonly<Record<string, string | null>>;

/** What is done if a rule matches. */
export interface Actions {
  /** Redirects to a path or URL, in which `$1` to `$9` stand for what the path glob's stars matched. */
  readonly redirect?: {
    readonly to: string;
    readonly status?: RedirectStatus;
    /** What happens to the client's query. */
    readonly query?: "keep" | "drop";
  };
  readonly deny?: { readonly status?: DenyStatus; readonly text?: string };
  /** Seconds at the edge, whatever the origin says, except for `private` and `no-store`. */
  readonly edge_ttl?: number;
  /** Seconds at clients. */
  readonly browser_ttl?: number;
  /** Nothing is looked up and nothing is stored. */
  readonly cache?: "bypass";
  /** Which parts of the query string count, like the zone's setting of that name. */
  readonly query?: "keep" | "sort" | "ignore" | readonly string[] | { readonly except: readonly string[] };
  readonly request_headers?: FieldChanges;
  readonly response_headers?: FieldChanges;
  /**
   * Another origin, `scheme://host[:port]`, perhaps with a path, or the name of one of the zone's, which is then asked first.
   */
  readonly origin?: string;
  readonly signature?: "required" | "none";
  /** Makes browsers save the file, under its own name or another. */
  readonly download?: boolean | string;
}

/** One of a zone's edge rules, which are tried in order. */
export interface EdgeRule {
  readonly name?: string;
  /** Absent: yes. */
  readonly enabled?: boolean;
  /** Absent: each request. */
  readonly when?: When;
  readonly do: Actions;
}

export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;
export type RedirectStatus = (typeof REDIRECT_STATUSES)[number];

/** Statuses that need no further field: a 401 would have to say how to sign in, a 405 what is allowed. */
export const DENY_STATUSES = [400, 403, 404, 406, 409, 410, 418, 422, 423, 429, 451, 503] as const;
export type DenyStatus = (typeof DENY_STATUSES)[number];

/** Limits for a zone's rules in all, so that they do not make requests slow. */
export const RULE_BOUNDS = { rules: 100, globs: 500, depth: 3, list: 100, glob: 500 } as const;

/**
 * In a zone that takes unsafe methods, how many rules that change what is stored may look at who asks: a change has to be
 * forgotten for each set of these rules.
 */
export const MOST_OPEN = 6;

/** Whether a rule changes what is stored, or sent to the origin. */
export function changesStored({ do: actions }: EdgeRule): boolean {
  return STORED.some((name) => actions[name] !== undefined);
}

const STORED = ["edge_ttl", "cache", "query", "request_headers", "origin"] as const;

/** Whether a condition looks at who asks, not only at the URL. */
export function looksAtClient({ header, country, method, scheme, all = [], any = [], none = [] }: When): boolean {
  if (header !== undefined || country !== undefined || method !== undefined || scheme !== undefined) return true;
  return [...all, ...any, ...none].some(looksAtClient);
}

/** The items of what may be one or a list. */
export function listOf(one: string | readonly string[] | undefined): readonly string[] {
  if (one === undefined) return [];
  return typeof one === "string" ? [one] : one;
}
