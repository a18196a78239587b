import type { ForwardSettings, ZoneSettings } from "../../src/zones/settings.ts";

/** What a zone forwards, as far as it makes a difference to what is shared. */
export type Kind = "nothing" | "in the key" | "variants" | "all" | "cookies" | "authorization";

const NOTHING: ForwardSettings = { headers: [], cookies: false, authorization: false };

/** Zones that differ in what the model has to know. */
export const ZONES: readonly Partial<ZoneSettings>[] = [
  {},
  { methods: "all", stale_while_revalidate: 20, stale_if_error: 30 },
  { ttl_mode: "override", ttl: { css: 20, js: 40, font: 60, image: 20, media: 15, other: 15 }, methods: "all" },
  { compression: false, query: "sort", ttl_by_extension: { css: 10 }, stale_while_revalidate: 5 },
  {
    forward: { ...NOTHING, headers: ["x-tier", "accept-language"] },
    ttl: { css: 30, js: 30, font: 30, image: null, media: null, other: null },
  },
  {
    forward: { ...NOTHING, headers: ["x-forwarded-host", "x-tier"], authorization: true },
    query: "ignore",
    max_object_bytes: 1_200,
    stale_while_revalidate: 10,
    negative_ttl: 3,
  },
  {
    forward: { ...NOTHING, headers: ["accept-language", "x-tier"] },
    methods: "all",
    stale_while_revalidate: 10,
  },
  {
    forward: { ...NOTHING, headers: ["x-forwarded-host"] },
    methods: "all",
    ttl: { css: 30, js: 30, font: 30, image: 30, media: 30, other: null },
  },
  { forward: { headers: "all", cookies: true, authorization: true }, methods: "all" },
  { forward: { ...NOTHING, headers: "all" }, stale_while_revalidate: 10, stale_if_error: 0 },
  {
    forward: { ...NOTHING, cookies: true },
    query: ["v"],
    methods: "all",
    browser_ttl: 60,
    ttl: { css: 5, js: 5, font: 5, image: 60, media: 10, other: 10 },
  },
  { forward: { ...NOTHING, cookies: true, headers: ["x-tier"] }, stale_while_revalidate: 15 },
  { forward: { ...NOTHING, authorization: true }, ttl_by_extension: { json: 20 } },
];

export function kindOf({ forward: { headers, cookies, authorization }, methods }: ZoneSettings): Kind {
  if (headers === "all") return "all";
  if (cookies) return "cookies";
  if (headers.length > 0) return methods === "all" ? "variants" : "in the key";
  return authorization ? "authorization" : "nothing";
}
