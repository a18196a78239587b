import type { SentAnswer } from "../edge/answer/watch.ts";
import { refererHost } from "../edge/policy/referer.ts";
import { PATH_FORM } from "../signed-urls/parameters.ts";
import type { LogField } from "../zones/log-settings.ts";
import { cacheDetail } from "./cache-detail.ts";
import { shownQuery } from "./shown-query.ts";
import { truncatedAddress } from "./truncated-address.ts";
import { type UserAgentClass, userAgentClass } from "./user-agent-class.ts";

/**
 * What tails and logs show of a request. It contains nothing that grants access: no signature, no cookie, no `Authorization`,
 * and only as much of the query as distinguishes the zone's objects.
 */
export interface RequestEvent extends Record<LogField, string | number | null> {
  /** When it arrived (RFC 3339). */
  time: string;
  /** Unique to this request. */
  id: string;
  /** The zone's name. */
  zone: string;
  host: string;
  /** IATA code. */
  location: string;
  method: string;
  path: string;
  query: string;
  status: number;
  /** Size of the body as sent. */
  bytes: number;
  /** Until the answer was sent; for a body that is streamed, until its end. */
  ms: number;
  /** The value of `X-Cache`. */
  cache: string;
  detail: string | null;
  content_type: string | null;
  country: string | null;
  /** Truncated, unless the zone's logs are set to have it in full. */
  address: string | null;
  /** The host that `Referer` names. */
  referer: string | null;
  user_agent: UserAgentClass;
}

/** What an event needs besides the answer. */
export interface EventContext {
  id: string;
  /** The zone's name. */
  zone: string;
  location: string;
  /** The client's whole address; null: unknown. */
  address: string | null;
  country: string | null;
  /** When the answer was sent, ms since the epoch. */
  ended: number;
}

const LONGEST_PATH = 2_048;
const LONGEST_WORD = 128;

/** The event for an answer. */
export function requestEvent(sent: SentAnswer, context: EventContext): RequestEvent {
  const { request, url, target, status, headers, xCache, bytes, now } = sent;
  const referer = request.headers.get("referer");
  return {
    time: isoTime(now),
    id: context.id,
    zone: context.zone,
    host: url.host,
    location: context.location,
    method: request.method.slice(0, LONGEST_WORD),
    path: shownPath(target.path).slice(0, LONGEST_PATH),
    query: target.query === "" ? "" : shownQuery(target.query).slice(0, LONGEST_PATH),
    status,
    bytes,
    ms: Math.max(0, context.ended - now),
    cache: xCache,
    detail: cacheDetail(headers.get("cache-status")),
    content_type: headers.get("content-type")?.slice(0, LONGEST_WORD) ?? null,
    country: context.country,
    address: context.address === null ? null : truncatedAddress(context.address),
    referer: referer === null ? null : refererHost(referer),
    user_agent: userAgentClass(request.headers.get("user-agent")),
  };
}

/** The last second that was formatted: requests often come within the same one. */
let second = { at: Number.NaN, text: "" };

/** A time in the format of RFC 3339. @param ms since the epoch */
function isoTime(ms: number): string {
  const at = Math.floor(ms / 1_000);
  if (at !== second.at) second = { at, text: new Date(at * 1_000).toISOString().slice(0, -4) };
  return `${second.text}${String(ms - at * 1_000).padStart(3, "0")}Z`;
}

/** A path with its token removed. */
function shownPath(path: string): string {
  if (!path.startsWith(PATH_FORM)) return path;
  const end = path.indexOf("/", 1);
  return end === -1 ? "/" : path.slice(end);
}
