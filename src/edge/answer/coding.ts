import { type Coding, preferredCoding } from "../../http/accept-encoding.ts";
import { codedEtag } from "../../http/etag.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { isCompressedData } from "../origin/compressed-data.ts";
import { forbidsTransform } from "../origin/decoding.ts";

/** The content coding in which a stored response goes to a client. */
export type CodingChoice =
  /** As it is stored; `varies`: another client might get it coded. */
  | { kind: "as-stored"; varies: boolean }
  /** In a coding made here. */
  | { kind: "coded"; coding: "br" | "gzip" };

/** Below this, a coding costs more than it saves (bytes). */
const SMALLEST = 1_024;

/** Above this, coding a body takes the isolate more than a second (bytes). */
const LARGEST = 33_554_432;

/** Up to this size, a body is coded in memory. Above it, only gzip is possible: the platform makes it as a stream (bytes). */
export const LARGEST_IN_MEMORY = 2_097_152;

const COMPRESSIBLE =
  /^(text\/.+|application\/((x-)?(java|type)script|json|xml|wasm|vnd\.ms-fontobject|yaml|toml|x-subrip|vnd\.apple\.mpegurl|x-mpegurl|.+\+(json|xml))|audio\/(x-)?mpegurl|image\/(svg\+xml|bmp|vnd\.microsoft\.icon)|font\/(ttf|otf|collection)|model\/gltf.*)$/;

/** Best first. */
const CODINGS: readonly Coding[] = ["br", "gzip", "identity"];
/** The platform offers nothing better for streams. */
const CODINGS_OF_STREAMS: readonly Coding[] = ["gzip", "identity"];

/** Whether the body is here already, is on its way into the store, or only passes through. */
export type BodyWay = "at hand" | "kept" | "passed";

/** What decides the coding besides the response and the request. */
export interface CodingCircumstances {
  enabled: boolean;
  way: BodyWay;
  path: string;
}

/** Decides the coding (RFC 9110 §12.5.3). Images, video and compressed fonts are left as they are. */
export function chooseCoding(
  stored: StoredResponse,
  headers: Headers,
  request: Headers,
  { enabled, way, path }: CodingCircumstances,
): CodingChoice {
  // Another client may have got it without the coding that it arrived in.
  if (headers.has("content-encoding")) return { kind: "as-stored", varies: way === "passed" };
  if (!enabled || stored.status !== 200 || !isCompressible(headers) || isCompressedData(path, null)) {
    return { kind: "as-stored", varies: false };
  }
  // If the length is not known yet, another client may get it coded once it is stored.
  if (!isWorthCoding(stored.size, way)) return { kind: "as-stored", varies: stored.size === null };
  // Ranges count bytes of the identity form: clients resume from that one.
  if (request.has("range")) return { kind: "as-stored", varies: true };
  const coding = preferredCoding(request.get("accept-encoding"), codingsOf(stored.size, way));
  return coding === "br" || coding === "gzip" ? { kind: "coded", coding } : { kind: "as-stored", varies: true };
}

/** The codings in which a body can be had. @param size bytes; null: unknown */
export function codingsOf(size: number | null, way: BodyWay): readonly Coding[] {
  return way === "at hand" && size !== null && size <= LARGEST_IN_MEMORY ? CODINGS : CODINGS_OF_STREAMS;
}

/** The entity tags of a response in each coding that it may have been sent in. */
export function etagsOf(tag: string): readonly string[] {
  return [tag, codedEtag(tag, "br"), codedEtag(tag, "gzip")];
}

function isCompressible(headers: Headers): boolean {
  const essence = (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  // RFC 9110 §7.7: no-transform forbids it.
  return essence !== "text/event-stream" && COMPRESSIBLE.test(essence) && !forbidsTransform(headers);
}

/** @param size bytes; null: unknown. A body of unknown length that is not kept may be an event stream. */
function isWorthCoding(size: number | null, way: BodyWay): boolean {
  return size === null ? way === "kept" : size >= SMALLEST && size <= LARGEST;
}
