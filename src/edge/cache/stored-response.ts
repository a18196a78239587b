import { correctedInitialAge, statedAge } from "../../http/age.ts";
import { NO_DIRECTIVES } from "../../http/cache-control.ts";
import { type SelectedValidators, validators } from "../../http/conditional.ts";
import { parseHttpDate } from "../../http/dates.ts";
import { freshenHeaders } from "../../http/freshen.ts";
import { type FreshnessSource, freshnessLifetime, lifetimeOnArrival } from "../../http/freshness.ts";
import { headersOf } from "../../http/headers-of.ts";
import { contentRange, parseContentRange, partHeld } from "../../http/range.ts";
import { type ReuseDirectives, reuseDirectives, type StoredFreshness } from "../../http/reuse.ts";
import { isWithoutContent } from "../../http/statuses.ts";
import { storableHeaders } from "../../http/storable.ts";
import { effectiveCacheControl } from "../../http/targeted-cache-control.ts";
import { varyFields } from "../../http/vary.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { type Decoding, decodingOf } from "../origin/decoding.ts";
import { selectingFields, variantOf } from "../request/forwarded-fields.ts";
import type { Target } from "../request/target.ts";
import { clientHeaders, labelType } from "./client-headers.ts";
import { freshnessPolicy } from "./freshness-policy.ts";
import { tagHashesOf } from "./origin-fields.ts";

/** A response as the cache keeps it, without its body. Plain data: it can be shared between requests and written as JSON. */
export interface StoredResponse {
  status: number;
  /** End-to-end fields as clients may see them, names in lower case. */
  headers: [name: string, value: string][];
  /** Hashes of its purge tags, which clients do not see; null: it has more than are kept, and is not stored. */
  tagHashes: readonly string[] | null;
  /** Our own validator, for a response that came without one; the origin never sees it. */
  computedEtag: string | null;
  /** The validator that the origin knows, if clients get another. */
  originEtag: string | null;
  /** Names the body. A new body gets a new name, a validated one keeps its own. */
  bodyId: string;
  /** The body is stored apart, by its name. */
  isBodyApart: boolean;
  /** The body's length, bytes; null while unknown. */
  size: number | null;
  /** Request fields that select this variant; `"*"`: nothing can select it again. */
  vary: readonly string[] | "*";
  /** The values of those fields; see `variantOf`. */
  variant: string;
  /** When the response, or its last validation, was asked for and when it arrived; ms since the epoch. */
  requestedAt: number;
  answeredAt: number;
  /** Corrected initial age in seconds (RFC 9111 §4.2.3). */
  initialAge: number;
  /** Freshness lifetime in seconds, and where it came from. */
  lifetime: number;
  source: FreshnessSource;
  /** The response's directives about its reuse, read when it was stored. Entries of older versions lack them. */
  reuse?: ReuseDirectives;
  /** The zone's version when the request to the origin began. Later purges apply to it. */
  zoneVersion: number;
}

/** An answer of the origin, before anything is decided about it. */
export interface OriginAnswer {
  response: Response;
  requestedAt: number;
  answeredAt: number;
  /** It came without a type, and its first bytes are those of a page. */
  isPage?: boolean;
  /** The zone's version under which it was asked for, if whoever stores it knows another. */
  zoneVersion?: number;
}

/** The answer in the form that the cache would keep. */
export function toStoredResponse(
  answer: OriginAnswer,
  request: Headers,
  target: Target,
  zone: ZoneDocument,
  decoding: Decoding = decodingOf(answer.response, target),
): StoredResponse {
  const headers = clientHeaders(answer, target, decoding);
  const size = bodySize(answer.response, decoding);
  if (answer.response.status === 206) labelPart(headers, size);
  const vary = selectedBy(headers, zone.settings);
  return {
    status: answer.response.status,
    headers: [...headers],
    tagHashes: tagHashesOf(answer.response.headers),
    computedEtag: null,
    originEtag: originEtagOf(answer.response, headers),
    bodyId: crypto.randomUUID(),
    isBodyApart: false,
    size,
    vary,
    variant: vary === "*" ? "" : variantOf(vary, request),
    ...timesOf(answer, answer.response.status, headers, target, zone),
    zoneVersion: answer.zoneVersion ?? zone.version,
  };
}

/** The stored response after a 304 (RFC 9111 §4.3.4): its headers and times are new, its body is not. */
export function freshened(
  stored: StoredResponse,
  answer: OriginAnswer,
  request: Headers,
  target: Target,
  zone: ZoneDocument,
): StoredResponse {
  const notModified = clientHeaders(answer, target);
  // The new Cache-Control may name fields that must no longer be kept (RFC 9111 §3.1).
  const headers = storableHeaders(freshenHeaders(headersOf(stored.headers), notModified));
  labelType(headers, stored.status, target);
  const tagHashes = tagHashesOf(answer.response.headers);
  const vary = selectedBy(headers, zone.settings);
  return {
    ...stored,
    headers: [...headers],
    originEtag: headersOf(stored.headers).has("etag") ? stored.originEtag : originEtagOf(answer.response, headers),
    tagHashes: tagHashes?.length === 0 ? stored.tagHashes : tagHashes,
    vary,
    variant: vary === "*" ? "" : variantOf(vary, request),
    ...timesOf(answer, stored.status, headers, target, zone),
    zoneVersion: answer.zoneVersion ?? zone.version,
  };
}

/** The value of a stored field. @param name in lower case */
export function fieldOf({ headers }: Pick<StoredResponse, "headers">, name: string): string | null {
  return headers.find(([field]) => field === name)?.[1] ?? null;
}

/** The conditional headers that ask the origin whether a stored response still holds. */
export function validatorsOf(stored: StoredResponse): Record<string, string> {
  return validators(validatedHeaders(stored));
}

/** The stored fields, with the validator that the origin knows. */
export function validatedHeaders(stored: StoredResponse): Headers {
  const headers = headersOf(stored.headers);
  if (stored.originEtag !== null) headers.set("etag", stored.originEtag);
  return headers;
}

/** What `decideReuse` needs to know of a stored response. */
export function freshnessOf(stored: StoredResponse, mode: ZoneSettings["ttl_mode"]): StoredFreshness {
  return {
    lifetime: stored.lifetime,
    initialAge: stored.initialAge,
    answeredAt: stored.answeredAt,
    cacheControl: directivesOf(stored, mode),
  };
}

function directivesOf(stored: StoredResponse, mode: ZoneSettings["ttl_mode"]): ReuseDirectives {
  // In a zone that overrides, only our TTL counts. Responses with `private` or `no-store` were never stored.
  if (mode === "override" && stored.source === "policy") return NO_DIRECTIVES;
  const said = stored.reuse ?? effectiveCacheControl(headersOf(stored.headers)).directives;
  // No error is served past its lifetime, which the zone bounds.
  return stored.status >= 400 ? { ...said, staleWhileRevalidate: 0, staleIfError: 0 } : said;
}

/** What preconditions are evaluated against. */
export function selectedValidators(headers: Headers): SelectedValidators {
  return {
    etag: headers.get("etag"),
    lastModified: parseHttpDate(headers.get("last-modified")),
    date: parseHttpDate(headers.get("date")),
  };
}

function timesOf(answer: OriginAnswer, status: number, headers: Headers, target: Target, { settings }: ZoneDocument) {
  const { requestedAt, answeredAt } = answer;
  const said = effectiveCacheControl(headers);
  const policy = freshnessPolicy(target, { status, headers }, settings);
  const freshness = freshnessLifetime({ status, headers }, policy, answeredAt, said);
  const lifetime = lifetimeOnArrival(freshness, status, statedAge({ headers, answeredAt }), policy);
  const initialAge = correctedInitialAge({ headers, requestedAt, answeredAt });
  const reuse = reuseDirectives(said.directives);
  return { requestedAt, answeredAt, initialAge, lifetime, source: freshness.source, reuse };
}

/** The validator as the origin spells it, if clients see it spelled differently. @param shown the fields that clients see */
function originEtagOf({ headers }: Response, shown: Headers): string | null {
  const said = headers.get("etag");
  return shown.has("etag") && shown.get("etag") !== said ? said : null;
}

/**
 * Corrects where a part's `Content-Range` says that it ends, since servers miscount. If that is the end of the whole, it stays
 * as it is: nobody knows whether the origin miscounted the part or the whole.
 *
 * @param size the part's length, bytes; null: unknown
 */
function labelPart(headers: Headers, size: number | null): void {
  const label = parseContentRange(headers.get("content-range"));
  const held = label && size !== null ? partHeld(label, size) : null;
  if (held !== null && held.last !== label!.last && held.size === label!.size)
    headers.set("content-range", contentRange(held.first, held.last, held.size));
}

/** The body's length that the answer states, bytes; null while unknown. The answer to a HEAD has a size but no body. */
function bodySize(response: Response, { decoded }: Decoding): number | null {
  if (decoded.length > 0) return null;
  const { status, headers } = response;
  const length = headers.get("content-length");
  // No body is too long for a number. If one claims to be, its length is unknown.
  if (length !== null && /^\d+$/.test(length) && Number.isSafeInteger(Number(length))) return Number(length);
  if (isWithoutContent(status)) return 0;
  // A part's `Content-Range` says how long it is. A body of another length counts as broken.
  const label = status === 206 ? parseContentRange(headers.get("content-range")) : null;
  return label && label.last - label.first + 1;
}

function selectedBy(headers: Headers, settings: ZoneSettings): readonly string[] | "*" {
  const fields = varyFields(headers);
  return fields === "*" ? "*" : selectingFields(fields, settings);
}
