import { dropTargeted } from "../../http/targeted-cache-control.ts";
import { weightedValues } from "../../http/weighted-list.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { dropBody } from "../body/drop-body.ts";
import { addVary } from "./edge-headers.ts";
import type { Answer } from "./send.ts";

/** The request fields that tell whether a person will read the answer. */
export const TELL_PAGES_APART = ["Accept", "Sec-Fetch-Dest", "X-Requested-With"] as const;

/** Makes a page inert: no script, no form, nothing from elsewhere, in an origin of its own. */
const INERT =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Fields about the body, and about how long it may be kept. The page has its own. */
const OF_BODY = [
  ...[
    "accept-ranges",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
  ],
  ...["content-digest", "content-md5", "digest", "repr-digest", "etag", "last-modified", "expires", "link"],
  ...["refresh", "sourcemap"],
];

/** Whether a zone has a page for a status. */
export function hasErrorPage({ settings }: Pick<ZoneDocument, "settings">, status: number): boolean {
  return status >= 400 && pageOf(settings.error_pages, status) !== undefined;
}

/**
 * The answer with the zone's own page in place of an error's body, if a person will read it. The status stays. Errors without a
 * page, and errors that a program reads, are left unchanged.
 */
export function withErrorPage(answer: Answer, request: Request, zone: ZoneDocument): Answer | Promise<Answer> {
  const page = answer.status < 400 ? undefined : pageOf(zone.settings.error_pages, answer.status);
  if (page === undefined || !wantsPage(request)) return answer;
  const shown = pageInPlaceOf(answer, request, page);
  return answer.body instanceof ReadableStream ? dropBody(answer.body).then(() => shown) : shown;
}

/** Whether a response stored with this status is shown to a person as the zone's page. */
export function isShownAsPage(status: number, request: Request, zone: ZoneDocument): boolean {
  return hasErrorPage(zone, status) && wantsPage(request);
}

function pageInPlaceOf(answer: Answer, request: Request, page: string): Answer {
  const headers = new Headers(answer.headers);
  for (const name of TELL_PAGES_APART) addVary(headers, name);
  for (const name of OF_BODY) headers.delete(name);
  dropTargeted(headers);
  headers.set("content-type", "text/html; charset=utf-8");
  headers.set("content-security-policy", INERT);
  headers.set("cache-control", "no-store");
  const body = request.method === "HEAD" ? null : new Blob([page]);
  return { ...answer, headers, body, isOnTheWay: false, tally: null };
}

/** Whether a browser asks for a page that a person will read. Clients that ask for data get what they can parse. */
export function wantsPage({ method, headers }: Pick<Request, "method" | "headers">): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (headers.has("x-requested-with") || headers.has("authorization")) return false;
  const destination = headers.get("sec-fetch-dest");
  if (destination !== null && !PAGES.has(destination)) return false;
  // HTML must be named: every program sends `*/*`.
  const accepted = weightedValues(headers.get("accept") ?? "");
  return accepted.some(({ value, weight }) => isHtml(value) && (weight ?? 0) > 0);
}

function isHtml(value: string): boolean {
  return value.split(";", 1)[0]!.trim().toLowerCase() === "text/html";
}

const PAGES: ReadonlySet<string> = new Set(["document", "frame", "iframe"]);

/** A page for the status itself takes precedence over one for its class. */
function pageOf(pages: Readonly<Record<string, string>>, status: number): string | undefined {
  for (const name of [String(status), `${Math.floor(status / 100)}xx`])
    if (Object.hasOwn(pages, name)) return pages[name];
  return undefined;
}
