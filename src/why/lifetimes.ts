/** Where a lifetime comes from: the clause behind it, the zone's setting, and how to say it in words. */
export const LIFETIME_SOURCES = {
  "cdn-cache-control": {
    law: "RFC 9213 §2.2",
    setting: null,
    says: "`CDN-Cache-Control`, which is meant for CDNs alone",
  },
  "s-maxage": { law: "RFC 9111 §5.2.2.10", setting: null, says: "`s-maxage` of the origin" },
  "max-age": { law: "RFC 9111 §5.2.2.1", setting: null, says: "`max-age` of the origin" },
  expires: { law: "RFC 9111 §5.3", setting: null, says: "`Expires` of the origin" },
  policy: { law: null, setting: "ttl", says: "the zone's settings `ttl` and `ttl_by_extension`" },
  negative: { law: null, setting: "negative_ttl", says: "the zone's setting `negative_ttl`" },
  heuristic: {
    law: "RFC 9111 §4.2.2",
    setting: "max_heuristic_ttl",
    says: "a tenth of the time since `Last-Modified`: nobody names a lifetime",
  },
  none: { law: "RFC 9111 §4.2", setting: null, says: "nobody: neither the origin nor the zone names one" },
} as const;
