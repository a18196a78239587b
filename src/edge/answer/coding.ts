import { type Coding, preferredCoding } from "../../http/accept-encoding.ts";
import { parseCacheControl } from "../../http/cache-control.ts";
import type { StoredResponse } from "../cache/stored-response.ts";

/** In which content coding a stored response goes to a client. */
export type CodingChoice =
  /** As it is stored; `varies` where another client might get it coded. */
  | { kind: "as-stored"; varies: boolean }
  /** In a coding made here. */
  | { kind: "coded"; coding: "br" | "gzip" };

/** Below this, a coding costs more than it saves (bytes). */
const SMALLEST = 1_024;

/** Above this, a body is not held in memory to be coded (bytes). */
const LARGEST = 2_097_152;

const COMPRESSIBLE =
  /^(text\/.+|application\/((x-)?(java|type)script|json|xml|wasm|vnd\.ms-fontobject|yaml|toml|x-subrip|vnd\.apple\.mpegurl|x-mpegurl|.+\+(json|xml))|audio\/(x-)?mpegurl|image\/(svg\+xml|bmp|vnd\.microsoft\.icon)|font\/(ttf|otf|collection)|model\/gltf.*)$/;

/** The better first. Only gzip can be made of a body on its way. */
export const CODINGS: readonly Coding[] = ["br", "gzip", "identity"];
const CODINGS_ON_THE_WAY: readonly Coding[] = ["gzip", "identity"];

/** Whether the body is there to be coded, or on its way into the store, or only through here. */
export type BodyWay = "at hand" | "kept" | "passed";

/** Decides the coding (RFC 9110 §12.5.3). Images, video and packed fonts are left as they are. */
export function chooseCoding(
  stored: StoredResponse,
  headers: Headers,
  request: Headers,
  { enabled, way }: { enabled: boolean; way: BodyWay },
): CodingChoice {
  // A coding that `decodedBody` does not know is the only form there is.
  if (!enabled || stored.status !== 200 || headers.has("content-encoding") || !isCompressible(headers)) {
    return { kind: "as-stored", varies: false };
  }
  // Of one whose length is not known yet, another client may get a coding once it is stored.
  if (!isWorthCoding(stored.size, way)) return { kind: "as-stored", varies: stored.size === null };
  // A range is counted in bytes of the identity form: that is the one kept for resuming.
  if (request.has("range")) return { kind: "as-stored", varies: true };
  const coding = preferredCoding(request.get("accept-encoding"), way === "at hand" ? CODINGS : CODINGS_ON_THE_WAY);
  return coding === "br" || coding === "gzip" ? { kind: "coded", coding } : { kind: "as-stored", varies: true };
}

function isCompressible(headers: Headers): boolean {
  const essence = (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  // RFC 9110 §7.7: no-transform forbids it.
  return (
    essence !== "text/event-stream" &&
    COMPRESSIBLE.test(essence) &&
    !parseCacheControl(headers.get("cache-control")).noTransform
  );
}

/** @param size bytes; null: unknown. A body of unknown length that nobody keeps may be a stream of events. */
function isWorthCoding(size: number | null, way: BodyWay): boolean {
  return size === null ? way === "kept" : size >= SMALLEST && size <= LARGEST;
}

/** The validator of the coded form: it differs from that of the identity form (RFC 9110 §8.8.3.3). */
export function codedEtag(etag: string, coding: string): string {
  return etag.replace(/"$/, `-${coding}"`);
}
