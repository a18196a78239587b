import { type DashboardFile, files, modules, page } from "#dashboard-files";
import { compressedAnswer } from "../compressed-file.ts";
import { weightedValues } from "../http/weighted-list.ts";
import { ANSWER_HEADERS } from "../rest/answer-headers.ts";
import { firstLoad } from "./first-loads.ts";
import { isPage } from "./page-paths.ts";

/** Everything comes from this host, nothing is inline, and no text can become markup (Trusted Types). */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const PAGE_HEADERS = {
  ...ANSWER_HEADERS,
  "cache-control": "no-cache",
  "content-security-policy": PAGE_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
  // Other hosts are not told which page a request comes from.
  "referrer-policy": "same-origin",
} as const;

/** RFC 8246: the content behind a name with its hash never changes. */
const FILE_HEADERS = { ...PAGE_HEADERS, "cache-control": "public, max-age=31536000, immutable" } as const;

/**
 * Answers a request to the dashboard's host that is not for an API: with the page, which itself says if a path does not exist,
 * or with a file that the page loads. Null: it is not a person navigating in a browser.
 */
export async function handleDashboard(request: Request, { pathname }: URL): Promise<Response | null> {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const file = Object.hasOwn(files, pathname) ? files[pathname] : undefined;
  if (file !== undefined) return fileAnswer(request, file, 200, FILE_HEADERS);
  if (pathname.startsWith("/assets/") || !wantsPage(request)) return null;
  const link = isPage(pathname) && mayBeSignedIn(request) ? linkTo(pathname) : "";
  return fileAnswer(request, page, isPage(pathname) ? 200 : 404, {
    ...PAGE_HEADERS,
    vary: "accept-encoding, accept, cookie",
    ...(hasPlantedCookies(request) && { "clear-site-data": '"cookies"' }),
    ...(link !== "" && { link }),
  });
}

/** Our own take a tenth of this. */
const MOST_COOKIE_CHARACTERS = 8_192;

/**
 * Sibling hosts can plant cookies for all hosts of the domain, and so many that servers refuse requests with them. While such
 * requests still get through, the browser is told to forget its cookies. Whoever was signed in has to sign in again.
 */
function hasPlantedCookies({ headers }: Request): boolean {
  return (headers.get("cookie") ?? "").length > MOST_COOKIE_CHARACTERS;
}

/** Without such a cookie, the person will be asked to sign in, and needs none of these files. */
function mayBeSignedIn({ headers }: Request): boolean {
  return /(?:^|;\s*)(?:__Host-)?rescdn\.session_token=/.test(headers.get("cookie") ?? "");
}

/** RFC 8288: what the page loads first, so that it is on its way before the page's code asks for it. */
function linkTo(pathname: string): string {
  const { modules: named, reads } = firstLoad(pathname, Date.now());
  const loaded = named.flatMap((name) => (Object.hasOwn(modules, name) ? [modules[name]!] : []));
  const once = (paths: readonly string[]) => [...new Set(paths)];
  return [
    ...once(loaded.flatMap(({ scripts }) => scripts)).map((path) => `<${path}>; rel=modulepreload`),
    ...once(loaded.flatMap(({ styles }) => styles)).map((path) => `<${path}>; rel=preload; as=style`),
    ...reads.map((path) => `<${path}>; rel=preload; as=fetch; crossorigin`),
  ].join(", ");
}

/** RFC 9110 §12.5.1: browsers accept HTML when a person navigates; scripts and programs do not. */
function wantsPage({ headers }: Request): boolean {
  return weightedValues(headers.get("accept")).some(({ value, weight }) => value === "text/html" && weight !== 0);
}

async function fileAnswer(
  request: Request,
  { type, load }: DashboardFile,
  status: number,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const { default: compressed } = await load();
  return compressedAnswer(request, compressed, status, {
    vary: "accept-encoding, accept",
    ...headers,
    "content-type": type,
  });
}
