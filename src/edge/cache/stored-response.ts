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
  /** End-to-end fields as the client may see them, names in lower case. */
  headers: [name: string, value: string][];
  /** Of its purge tags, which the client does not see; null: more than are kept, so that it is not stored. */
  tagHashes: readonly string[] | null;
  /** A validator of ours, for a response that came with none; the origin never sees it. */
  computedEtag: string | null;
  /** The validator as the origin knows it, where clients are shown another. */
  originEtag: string | null;
  /** Names the body: a new body has a new name, a validated one keeps it. */
  bodyId: string;
  /** The body stands in the store by its name, not beside this. */
  isBodyApart: boolean;
  /** Bytes; null while unknown. */
  size: number | null;
  /** Request fields that select this variant, `"*"` where nothing can select it again. */
  vary: readonly string[] | "*";
  /** What those fields were; see `variantOf`. */
  variant: string;
  /** When the response, or its last validation, was asked for and arrived; ms since the epoch. */
  requestedAt: number;
  answeredAt: number;
  /** Corrected initial age in seconds (RFC 9111 §4.2.3). */
  initialAge: number;
  /** Freshness lifetime in seconds and where it came from. */
  lifetime: number;
  source: FreshnessSource;
  /** What the response says of its use, read when it was stored. Entries of older versions lack it. */
  reuse?: ReuseDirectives;
  /** The zone's version when the request to the origin began: later purges apply. */
  zoneVersion: number;
}

/** An answer of the origin, before anything is decided of it. */
export interface OriginAnswer {
  response: Response;
  requestedAt: number;
  answeredAt: number;
  /** It came without a type, and is a page by its first bytes. */
  isPage?: boolean;
  /** The version of the zone under which it was asked for, where that is not the version of who stores it. */
  zoneVersion?: number;
}

/** The answer as the cache would keep it. */
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
  // Its Cache-Control may name fields that must not be kept any more (RFC 9111 §3.1).
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

/** The stored fields with the validator that the origin knows. */
export function validatedHeaders(stored: StoredResponse): Headers {
  const headers = headersOf(stored.headers);
  if (stored.originEtag !== null) headers.set("etag", stored.originEtag);
  return headers;
}

/** What `decideReuse` asks of a stored response. */
export function freshnessOf(stored: StoredResponse, mode: ZoneSettings["ttl_mode"]): StoredFreshness {
  return {
    lifetime: stored.lifetime,
    initialAge: stored.initialAge,
    answeredAt: stored.answeredAt,
    cacheControl: directivesOf(stored, mode),
  };
}

function directivesOf(stored: StoredResponse, mode: ZoneSettings["ttl_mode"]): ReuseDirectives {
  // In a zone that overrides, ours is the only word on freshness; `private` and `no-store` were never stored.
  if (mode === "override" && stored.source === "policy") return NO_DIRECTIVES;
  const said = stored.reuse ?? effectiveCacheControl(headersOf(stored.headers)).directives;
  // No error outlives its lifetime, which the zone bounds.
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

/** The validator as the origin spells it, where clients see it spelled otherwise. @param shown the fields that clients see */
function originEtagOf({ headers }: Response, shown: Headers): string | null {
  const said = headers.get("etag");
  return shown.has("etag") && shown.get("etag") !== said ? said : null;
}

/**
 * Has the label of a part say where it ends: servers miscount. One that names the end of the whole stays as it is, since nobody
 * knows what the origin has miscounted there: the part or the whole.
 *
 * @param size bytes of the part; null: unknown
 */
function labelPart(headers: Headers, size: number | null): void {
  const label = parseContentRange(headers.get("content-range"));
  const held = label && size !== null ? partHeld(label, size) : null;
  if (held !== null && held.last !== label!.last && held.size === label!.size)
    headers.set("content-range", contentRange(held.first, held.last, held.size));
}

/** Bytes of the body, by what the answer says; null while unknown. The answer to a HEAD has a size and no body. */
function bodySize(response: Response, { decoded }: Decoding): number | null {
  if (decoded.length > 0) return null;
  const { status, headers } = response;
  const length = headers.get("content-length");
  // No body is longer than numbers go; one that is said to be ends where it ends.
  if (length !== null && /^\d+$/.test(length) && Number.isSafeInteger(Number(length))) return Number(length);
  if (isWithoutContent(status)) return 0;
  // A part says by its label how long it is. One that is not breaks off.
  const label = status === 206 ? parseContentRange(headers.get("content-range")) : null;
  return label && label.last - label.first + 1;
}

function selectedBy(headers: Headers, settings: ZoneSettings): readonly string[] | "*" {
  const fields = varyFields(headers);
  return fields === "*" ? "*" : selectingFields(fields, settings);
}
