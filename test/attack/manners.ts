/** What an origin says of a resource, and what it may be shared by. */
export interface Manners {
  type: string;
  headers: Readonly<Record<string, string>>;
  /** 200 where absent. */
  status?: number;
  /** Bytes. */
  size?: number;
  /** The validator: of the content, the same for all contents, or none. */
  tag?: "honest" | "constant" | "none";
  /** It says `public`, `s-maxage` or `CDN-Cache-Control`: no answer is made for one client's cookies. */
  sharesCookies?: boolean;
  /** RFC 9111 §3.5: the same of `Authorization`. */
  sharesCredentials?: boolean;
  /** `Vary` names all that ordinary clients send. */
  varies?: boolean;
  /** Each answer sets a cookie. */
  visits?: boolean;
  /** A POST is answered with what a GET would get (RFC 9110 §9.3.3). */
  represents?: boolean;
}

const css = "text/css; charset=utf-8";
const js = "application/javascript; charset=utf-8";

/** By the last segment of the path. */
export const MANNERS: Readonly<Record<string, Manners>> = {
  "max.css": { type: css, headers: { "cache-control": "max-age=60" }, tag: "constant", represents: true, visits: true },
  "none.css": { type: css, headers: {} },
  none: { type: "text/html", headers: {}, tag: "none", visits: true },
  "shared.js": {
    type: js,
    headers: { "cache-control": "public, s-maxage=60" },
    tag: "constant",
    sharesCookies: true,
    sharesCredentials: true,
    visits: true,
  },
  "cdn.json": {
    type: "application/json",
    headers: { "cache-control": "no-store", "cdn-cache-control": "max-age=60" },
    sharesCookies: true,
  },
  "must.js": { type: js, headers: { "cache-control": "max-age=60, must-revalidate" }, sharesCredentials: true },
  "private.png": { type: "image/png", headers: { "cache-control": "private, max-age=60" } },
  "no-store.js": { type: js, headers: { "cache-control": "no-store" } },
  "no-cache.css": { type: css, headers: { "cache-control": "no-cache" }, tag: "constant", visits: true },
  "short.js": {
    type: js,
    headers: { "cache-control": "max-age=1, stale-while-revalidate=30" },
    tag: "constant",
    visits: true,
  },
  page: { type: "text/html", headers: { "cache-control": "max-age=60" }, represents: true },
  "vary.css": { type: css, headers: { "cache-control": "max-age=60" }, varies: true, tag: "constant" },
  "expires.css": { type: css, headers: { expires: "Sun, 22 Nov 2026 12:00:00 GMT" }, tag: "none" },
  "missing.png": { type: "text/plain", headers: {}, status: 404 },
  moved: { type: "text/plain", headers: { "cache-control": "max-age=60" }, status: 301 },
  "down.css": { type: "text/plain", headers: { "cache-control": "max-age=5" }, status: 503 },
  "large.js": { type: js, headers: { "cache-control": "max-age=60" }, size: 1_200_000, tag: "constant" },
};

/** What the origin has to say of a path. */
export function mannersOf(path: string): Manners {
  return MANNERS[path.slice(path.lastIndexOf("/") + 1)] ?? MANNERS["none.css"]!;
}
