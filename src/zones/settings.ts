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
  /** The client's address, as `X-Forwarded-For`; absent: no. */
  client_ip?: boolean;
  /** Set by a rule, never by a customer: what the origin does not see all the same, in lower case. */
  except?: readonly string[];
}

/** `Strict-Transport-Security` (RFC 6797 §6.1). */
export interface HstsSettings {
  /** Seconds. */
  readonly max_age: number;
  readonly include_subdomains?: boolean;
  readonly preload?: boolean;
}

/** While a zone is in maintenance its origin is asked for nobody but the addresses allowed. */
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
  /** Seconds that clients may keep an answer, `max-age` less `Age`; `null`: the freshness that the edge uses. */
  browser_ttl: number | null;
  /** Seconds: the longest that is guessed from `Last-Modified` where nobody says more (RFC 9111 §4.2.2); 0: nothing is. */
  max_heuristic_ttl: number;
  /** Whether that is guessed for names without an extension as well: pages, branches, indexes. */
  heuristic_without_extension: boolean;
  /** Seconds for a 404 or 410 that says nothing of its own freshness. */
  negative_ttl: number;
  /** Seconds that an error of the origin (400 and more) may claim for itself, at the edge and at clients. */
  max_error_ttl: number;
  /**
   * What of the query string is part of the cache key: all as it stands, all sorted, nothing, the parameters named, or all but
   * these. A `*` at the end of a name stands for whatever follows.
   */
  query: "keep" | "sort" | "ignore" | readonly string[] | { readonly except: readonly string[] };
  /** `"all"` passes unsafe methods to the origin and invalidates by RFC 9111 §4.4. */
  methods: "read" | "all";
  /** Seconds, where the origin says nothing (RFC 5861). */
  stale_while_revalidate: number;
  /** Seconds, where the origin says nothing (RFC 5861). */
  stale_if_error: number;
  forward: ForwardSettings;
  /** Whether an upper tier may stand between the locations and the origin. */
  shield: boolean;
  /** How the edge shows the zone's origin who it is; `null`: not at all. */
  origin_auth: OriginAuth | null;
  /** All origins of a zone that has several, the zone's `origin` the first. */
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
  /** Who may fetch anything of the zone. */
  access: AccessSettings;
  /** `"required"`: nothing is answered without a signed URL; `"off"`: a rule may require one. */
  signed_urls: "off" | "required";
  /** Tried in their order: of each kind of action the first that matches counts, of fields the first for each name. */
  rules: readonly EdgeRule[];
  /** `"redirect"`: what is asked by http is answered with a redirect to https. */
  https: "off" | "redirect";
  hsts: HstsSettings | null;
  /** `https://host`: what copies of the zone's paths are told apart from by search engines. */
  canonical: string | null;
  /** Whether search engines are told to leave the zone's copies out. */
  noindex: boolean;
  /** The zone's own `/robots.txt`; `null`: the origin's. */
  robots_txt: string | null;
  /** HTML by status or class (`"404"`, `"5xx"`). */
  error_pages: Readonly<Record<string, string>>;
  maintenance: MaintenanceSettings | null;
  /** Null: logs are delivered nowhere. */
  logs: LogSettings | null;
}

/** The settings of a zone that was created with none. */
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
};

/** What a customer has set of {@link ZoneSettings}; what is missing has its default. */
export type StoredSettings = Partial<Omit<ZoneSettings, "ttl" | "forward" | "timeouts">> & {
  ttl?: Partial<ZoneSettings["ttl"]>;
  forward?: Partial<ForwardSettings>;
  timeouts?: Partial<ZoneSettings["timeouts"]>;
};

/** Applies the defaults of today to what a customer has set. */
export function completeSettings(stored: StoredSettings): ZoneSettings {
  return {
    ...DEFAULT_SETTINGS,
    ...stored,
    ttl: { ...DEFAULT_SETTINGS.ttl, ...stored.ttl },
    forward: { ...DEFAULT_SETTINGS.forward, ...stored.forward },
    timeouts: { ...DEFAULT_SETTINGS.timeouts, ...stored.timeouts },
  };
}
