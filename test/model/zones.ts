import type { ZoneSettings } from "../../src/zones/settings.ts";

const forward = { headers: ["x-step"], cookies: false, authorization: false };

/** Zones that differ in what the model has to know. Each forwards `x-step`, which tells for whom the origin is asked. */
export const ZONES: readonly Partial<ZoneSettings>[] = [
  { forward },
  { forward: { headers: "all", cookies: true, authorization: true }, methods: "all" },
  { forward, methods: "all", stale_while_revalidate: 20, stale_if_error: 30 },
  { forward, ttl_mode: "override", ttl: { css: 20, js: 40, font: 60, image: 20, other: 15 }, methods: "all" },
  {
    forward: { ...forward, headers: ["x-step", "x-tier", "accept-language"] },
    ttl: { css: 30, js: 30, font: 30, image: null, other: null },
  },
  { forward, compression: false, query: "sort", ttl_by_extension: { css: 10 }, methods: "all" },
  { forward, query: "ignore", max_object_bytes: 1_200, stale_if_error: 0, negative_ttl: 3 },
  {
    forward: { ...forward, cookies: true },
    query: ["v"],
    methods: "all",
    browser_ttl: 60,
    ttl: { css: 5, js: 5, font: 5, image: 60, other: 10 },
  },
];
