import { isExplicit, sharedLifetime } from "../../http/freshness.ts";
import { mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import { storable } from "../../http/storable.ts";
import {
  type EffectiveCacheControl,
  effectiveCacheControl,
  isTooLongToRead,
} from "../../http/targeted-cache-control.ts";
import type { CacheWord } from "../../why/words.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Asked } from "../request/asked.ts";
import type { Target } from "../request/target.ts";
import { reconcileType } from "./content-type.ts";
import { areTooMany } from "./origin-fields.ts";
import type { StoredResponse } from "./stored-response.ts";

/** Whether an answer is kept. The reason is shown in `Cache-Status`. */
export type StoreVerdict = { store: true } | { store: false; reason: CacheWord; asPart?: true };

/** The parts of a request that decide it. */
export interface StorableFor extends Pick<Asked, "directives"> {
  request: Pick<Request, "headers">;
}

/**
 * RFC 9111 §3, and in addition what a CDN must not keep whatever the origin says.
 *
 * @param answer its status and fields as the origin sent them
 * @param stored the same response as it would be kept
 * @param asked the request that it answers, as the client made it
 * @param post the target URI, if it answers a POST
 */
export function storeVerdict(
  { response, isPage = false }: { response: Pick<Response, "status" | "headers">; isPage?: boolean },
  stored: StoredResponse,
  { request: { headers: request }, directives }: StorableFor,
  target: Target,
  zone: ZoneDocument,
  post: URL | null = null,
): StoreVerdict {
  const no = (reason: CacheWord): { store: false; reason: CacheWord } => ({ store: false, reason });
  if (zone.ruled?.isBypassed) return no("rule");
  if (isTooLongToRead(response.headers)) return no("cache-control-too-long");
  if (stored.tagHashes === null) return no("too-many-tags");
  if (areTooMany(stored.headers)) return no("too-many-fields");
  const said = effectiveCacheControl(response.headers);
  const type = mediaTypeOf(response.headers.get("content-type"));
  if (isSuccess(response.status)) {
    const { kind } = reconcileType(target.asset, type, { isPage });
    if (kind === "page" || (kind === "data" && sharedLifetime(said) === 0)) return no("type-mismatch");
  }
  if (zone.settings.forward.cookies && !saysShared(said, stored, "cookie")) {
    // The answer may be about the cookie that the origin saw, which is not in the key.
    if (request.has("cookie")) return no("cookie");
    // RFC 9111 §7.3: Set-Cookie as such "does not inhibit caching". But then the origin should say for how long.
    if (response.headers.has("set-cookie") && !isExplicit(stored.source)) return no("set-cookie");
  }
  if (zone.settings.forward.client_ip && isOfClient(response.status) && request.has("x-forwarded-for")) {
    // It may be a firewall's verdict on the address that the origin saw, which is not in the key.
    if (!saysShared(said, stored, "x-forwarded-for")) return no("client-ip");
  }
  if (stored.size !== null && stored.size > zone.settings.max_object_bytes) return no("too-large");
  const verdict = storable({
    method: post === null ? "GET" : "POST",
    requestHeaders: asTheOriginSawIt(request, zone),
    requestNoStore: directives.noStore,
    status: response.status,
    headers: response.headers,
    lifetime: stored.lifetime,
    source: stored.source,
    said,
    ...(post !== null && { url: post }),
  });
  if (!verdict.store || response.status !== 206) return verdict;
  // RFC 9111 §3.3: a 206 is never the whole, but may be kept as the part that it is. A part of a coded form is not a part of
  // the identity form, which is what is kept. A part without a type may belong to a page, which only the whole can tell.
  const isUntyped = type === null && target.asset !== null;
  const isCoded = stored.headers.some(([name]) => name === "content-encoding");
  const isPartOfKept = stored.vary.length === 0 && !isCoded && !isUntyped;
  return isPartOfKept ? { ...no("partial"), asPart: true } : no("partial");
}

/** Whether an error may be about who asks. That there is nothing is about what is asked for. */
function isOfClient(status: number): boolean {
  return status >= 400 && status !== 404 && status !== 410;
}

/** Whether the origin lets a shared cache share it, explicitly or by naming a request field in `Vary`. */
function saysShared({ directives, targeted }: EffectiveCacheControl, stored: StoredResponse, field: string): boolean {
  return targeted || directives.public || directives.sMaxage !== undefined || stored.vary.includes(field);
}

/** RFC 9111 §3.5 is about credentials that the origin saw. Others changed nothing. */
function asTheOriginSawIt(request: Headers, zone: ZoneDocument): Headers {
  if (zone.settings.forward.authorization || !request.has("authorization")) return request;
  const headers = new Headers(request);
  headers.delete("authorization");
  return headers;
}
