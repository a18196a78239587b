import type { AccessSettings } from "./access-settings.ts";
import type { AssetType } from "./asset-types.ts";
import type { LogSettings } from "./log-settings.ts";
import type { FailoverSettings, ListedOrigin, OriginAuth, OriginLimit } from "./origin-settings.ts";
import type { EdgeRule } from "./rules/edge-rule.ts";

/** Which of a client's headers the origin sees; without any, it sees none. */
export interface ForwardSettings {
  /** Header names in lower case, or `"all"`. */
  headers: readonly string[] | "all";
  cookies: boolean;
  authorization: boolean;
  /** Whether it gets the client's address, as `X-Forwarded-For`; absent: no. */
  client_ip?: boolean;
  /** Set by a rule, never by a customer: fields that the origin does not see after all, in lower case. */
  except?: readonly string[];
}

/** `Strict-Transport-Security` (RFC 6797 §6.1). */
export interface HstsSettings {
  /** Seconds. */
  readonly max_age: number;
  readonly include_subdomains?: boolean;
  readonly preload?: boolean;
}

/** While a zone is in maintenance, its origin is asked only for the allowed addresses. */
export interface MaintenanceSettings {
  /** Seconds after which clients are told to come back. */
  readonly retry_after?: number;
  /** Addresses and CIDRs. */
  readonly allow?: readonly string[];
}

/** A zone's settings, complete: every name that `PATCH /v1/zones/:id` takes under `settings`. */
export interface ZoneSettings {
  /** `"respect"`: the origin's freshness first, ours as the default. `"override"`: ours first, never over `private` or `no-store`. */
  ttl_mode: "respect" | "override";
  /** Seconds at the edge by asset type; `null`: only the origin's freshness and RFC 9111's heuristic. */
  ttl: Readonly<Record<AssetType, number | null>>;
  /** Seconds at the edge by extension (lower case, without the dot); wins over `ttl`. */
  ttl_by_extension: Readonly<Record<string, number>>;
  /** Seconds that clients may keep an answer, `max-age` minus `Age`; `null`: the freshness that the edge uses. */
  browser_ttl: number | null;
  /** Seconds: the longest lifetime guessed from `Last-Modified` if nobody gives one (RFC 9111 §4.2.2); 0: none is guessed. */
  max_heuristic_ttl: number;
  /** Whether that is guessed for names without an extension as well: pages, branches, indexes. */
  heuristic_without_extension: boolean;
  /** Seconds for a 404 or 410 that does not state its freshness. */
  negative_ttl: number;
  /** The longest freshness in seconds that an error of the origin (400 and above) may claim, at the edge and at clients. */
  max_error_ttl: number;
  /**
   * Which parts of the query string are in the cache key: all unchanged, all sorted, nothing, the parameters named, or all
   * except these. A `*` at the end of a name stands for whatever follows.
   */
  query: "keep" | "sort" | "ignore" | readonly string[] | { readonly except: readonly string[] };
  /** `"all"` passes unsafe methods to the origin and invalidates by RFC 9111 §4.4. */
  methods: "read" | "all";
  /** Seconds, where the origin says nothing (RFC 5861). */
  stale_while_revalidate: number;
  /** Seconds, where the origin says nothing (RFC 5861). */
  stale_if_error: number;
  forward: ForwardSettings;
  /** Whether an upper tier may be used between the locations and the origin. */
  shield: boolean;
  /** How the edge authenticates to the zone's origin; `null`: not at all. */
  origin_auth: OriginAuth | null;
  /** All origins of a zone that has several, beginning with the zone's `origin`. */
  origins: readonly ListedOrigin[];
  failover: FailoverSettings;
  /** `null`: any number. */
  origin_limit: OriginLimit | null;
  /** `host[:port]` sent as `Host` to the origin, not to the fallback origin; `null`: the origin's own. */
  origin_host: string | null;
  /** Whether a redirect to the origin's own host is answered as one to the zone's. */
  rewrite_redirects: boolean;
  /** Set on each request to the origin, not on those to the fallback origin. */
  origin_headers: Readonly<Record<string, string>>;
  /** Set on each answer to a client. */
  response_headers: Readonly<Record<string, string>>;
  /** Asked when the origin fails. */
  fallback_origin: string | null;
  /** Set on each request to the fallback origin. */
  fallback_headers: Readonly<Record<string, string>>;
  timeouts: { readonly first_byte_ms: number; readonly idle_ms: number };
  /** A larger object is passed through, not stored. */
  max_object_bytes: number;
  compression: boolean;
  /** `"*"`, the origins that may read answers (`https://*.example.com`: all below a domain), or `false` for no CORS headers. */
  cors: "*" | readonly string[] | false;
  /** Who may fetch anything from the zone. */
  access: AccessSettings;
  /** `"required"`: nothing is answered without a signed URL; `"off"`: a rule may require one. */
  signed_urls: "off" | "required";
  /** Tried in order. For each kind of action, the first rule that matches counts; for fields, the first for each name. */
  rules: readonly EdgeRule[];
  /** `"redirect"`: requests by http are answered with a redirect to https. */
  https: "off" | "redirect";
  hsts: HstsSettings | null;
  /** `https://host`: the site that search engines are told has the originals of the zone's paths. */
  canonical: string | null;
  /** Whether search engines are told to leave out the zone's copies. */
  noindex: boolean;
  /** The zone's own `/robots.txt`; `null`: the origin's. */
  robots_txt: string | null;
  /** HTML by status or class (`"404"`, `"5xx"`). */
  error_pages: Readonly<Record<string, string>>;
  maintenance: MaintenanceSettings | null;
  /** Null: logs are delivered nowhere. */
  logs: LogSettings | null;
  /** Whether answers say where their time went (`Server-Timing`). */
  server_timing: boolean;
}

/** The settings of a zone that was created without any. */
export const DEFAULT_SETTINGS: ZoneSettings = {
  ttl_mode: "respect",
  ttl: { css: 86_400, js: 86_400, font: 604_800, image: 86_400, media: 86_400, other: null },
  ttl_by_extension: {},
  browser_ttl: null,
  max_heuristic_ttl: 3_600,
  heuristic_without_extension: false,
  negative_ttl: 10,
  max_error_ttl: 10,
  query: "keep",
  methods: "read",
  stale_while_revalidate: 0,
  stale_if_error: 86_400,
  forward: { headers: [], cookies: false, authorization: false, client_ip: false },
  shield: true,
  origin_auth: null,
  origins: [],
  failover: {},
  origin_limit: null,
  origin_host: null,
  rewrite_redirects: true,
  origin_headers: {},
  response_headers: {},
  fallback_origin: null,
  fallback_headers: {},
  timeouts: { first_byte_ms: 15_000, idle_ms: 15_000 },
  max_object_bytes: 536_870_912,
  compression: true,
  cors: "*",
  access: {},
  signed_urls: "off",
  rules: [],
  https: "off",
  hsts: null,
  canonical: null,
  noindex: false,
  robots_txt: null,
  error_pages: {},
  maintenance: null,
  logs: null,
  server_timing: false,
};

/** The parts of {@link ZoneSettings} that a customer has set. What is missing has its default. */
export type StoredSettings = Partial<Omit<ZoneSettings, "ttl" | "forward" | "timeouts">> & {
  ttl?: Partial<ZoneSettings["ttl"]>;
  forward?: Partial<ForwardSettings>;
  timeouts?: Partial<ZoneSettings["timeouts"]>;
};

/** Adds today's defaults to what a customer has set. */
export function completeSettings(stored: StoredSettings): ZoneSettings {
  return {
    ...DEFAULT_SETTINGS,
    ...stored,
    ttl: { ...DEFAULT_SETTINGS.ttl, ...stored.ttl },
    forward: { ...DEFAULT_SETTINGS.forward, ...stored.forward },
    timeouts: { ...DEFAULT_SETTINGS.timeouts, ...stored.timeouts },
  };
}
