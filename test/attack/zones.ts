import type { ZoneSettings } from "../../src/zones/settings.ts";

const none = { headers: [], cookies: false, authorization: false } as const;
const all = { headers: "all", cookies: false, authorization: false } as const;

/** Zones of each kind that decides what of one client may be of any consequence. */
export const ZONES = {
  default: {},
  "cors list": { cors: ["https://plain.example", "https://other.example"] },
  "cors false": { cors: false, forward: { ...none, headers: ["origin"] } },
  "listed headers": { forward: { ...none, headers: ["x-tier", "accept-language", "x-forwarded-host"] } },
  "all headers": { forward: all },
  "all headers, cors false": { forward: all, cors: false },
  cookies: { forward: { ...none, cookies: true } },
  authorization: { forward: { ...none, authorization: true } },
  addresses: { forward: { ...none, client_ip: true } },
  "addresses, all methods": { forward: { ...none, client_ip: true }, methods: "all", rewrite_redirects: false },
  "all methods": { methods: "all" },
  "all methods, query ignored": { methods: "all", query: "ignore" },
  "query listed": { query: ["v"], forward: { ...none, cookies: true } },
  "query sorted": { query: "sort", forward: { ...none, headers: ["x-tier"] }, methods: "all" },
  fallback: { forward: all, stale_if_error: 0 },
  override: {
    ttl_mode: "override",
    ttl: { css: 30, js: 30, font: 30, image: 30, media: 30, other: 30 },
    forward: { ...none, cookies: true, authorization: true },
  },
  "no compression": { compression: false, stale_while_revalidate: 20, max_object_bytes: 1_000_000 },
  everything: {
    forward: { headers: "all", cookies: true, authorization: true },
    methods: "all",
    query: "sort",
    cors: false,
  },
} as const satisfies Record<string, Partial<ZoneSettings>>;

export type ZoneKind = keyof typeof ZONES;
