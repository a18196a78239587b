import type { SentAnswer } from "../edge/answer/watch.ts";
import { refererHost } from "../edge/policy/referer.ts";
import { PATH_FORM } from "../signed-urls/parameters.ts";
import type { LogField } from "../zones/log-settings.ts";
import { cacheDetail } from "./cache-detail.ts";
import { shownQuery } from "./shown-query.ts";
import { truncatedAddress } from "./truncated-address.ts";
import { type UserAgentClass, userAgentClass } from "./user-agent-class.ts";

/**
 * What is said of a request, to whoever reads along and in logs. It holds nothing that grants anything: no signature, no
 * cookie, no `Authorization`, and of the query no more than tells objects of the zone apart.
 */
export interface RequestEvent extends Record<LogField, string | number | null> {
  /** When it arrived (RFC 3339). */
  time: string;
  /** No other request has it. */
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
  /** Of the body, as sent. */
  bytes: number;
  /** Until the answer was sent: of a body on its way, until its end. */
  ms: number;
  /** The word of `X-Cache`. */
  cache: string;
  detail: string | null;
  content_type: string | null;
  country: string | null;
  /** Truncated, unless a zone's logs are to have it in full. */
  address: string | null;
  /** The host that `Referer` names. */
  referer: string | null;
  user_agent: UserAgentClass;
}

/** Where an event comes from. */
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

/** The event of an answer. */
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

/** Of the last second that was asked for: requests of one moment come together. */
let second = { at: Number.NaN, text: "" };

/** A time as `Date` has it (RFC 3339). @param ms since the epoch */
function isoTime(ms: number): string {
  const at = Math.floor(ms / 1_000);
  if (at !== second.at) second = { at, text: new Date(at * 1_000).toISOString().slice(0, -4) };
  return `${second.text}${String(ms - at * 1_000).padStart(3, "0")}Z`;
}

/** A path without a token in it. */
function shownPath(path: string): string {
  if (!path.startsWith(PATH_FORM)) return path;
  const end = path.indexOf("/", 1);
  return end === -1 ? "/" : path.slice(end);
}
