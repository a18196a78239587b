import { type Coding, preferredCoding } from "../http/accept-encoding.ts";
import { parseCacheControl } from "../http/cache-control.ts";
import type { StoredResponse } from "./stored-response.ts";

/** In which content coding a stored response goes to a client. */
export type CodingChoice =
  /** As it is stored; `varies` where another client might get it coded. */
  | { kind: "as-stored"; varies: boolean }
  /** In a coding made here. */
  | { kind: "coded"; coding: "br" | "gzip" };

/** Below this, a coding costs more than it saves (bytes). */
const SMALLEST = 1_024;

/** Above this, a body is not held in memory to be coded (bytes). */
const LARGEST = 4_194_304;

const COMPRESSIBLE =
  /^(text\/.+|application\/(javascript|json|xml|wasm|manifest\+json|vnd\.ms-fontobject|vnd\.apple\.mpegurl|.+\+(json|xml))|image\/(svg\+xml|bmp|vnd\.microsoft\.icon)|font\/(ttf|otf|collection)|model\/gltf.*)$/;

/** The better first. Only gzip can be made of a body on its way. */
const CODINGS: readonly Coding[] = ["br", "gzip", "identity"];
const CODINGS_ON_THE_WAY: readonly Coding[] = ["gzip", "identity"];

/** Decides the coding (RFC 9110 §12.5.3). Images, video and packed fonts are left as they are. */
export function chooseCoding(
  stored: StoredResponse,
  headers: Headers,
  request: Headers,
  { enabled, onTheWay }: { enabled: boolean; onTheWay: boolean },
): CodingChoice {
  // A coding that `decodeBody` does not know is the only form there is.
  if (headers.has("content-encoding") || !enabled || !isCompressible(stored, headers, onTheWay)) {
    return { kind: "as-stored", varies: false };
  }
  // A range is counted in bytes of the identity form: that is the one kept for resuming.
  if (request.has("range")) return { kind: "as-stored", varies: true };
  const coding = preferredCoding(request.get("accept-encoding"), onTheWay ? CODINGS_ON_THE_WAY : CODINGS);
  return coding === "br" || coding === "gzip" ? { kind: "coded", coding } : { kind: "as-stored", varies: true };
}

function isCompressible(stored: StoredResponse, headers: Headers, onTheWay: boolean): boolean {
  const essence = (headers.get("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  if (stored.status !== 200 || !COMPRESSIBLE.test(essence)) return false;
  if (stored.size === null ? !onTheWay : stored.size < SMALLEST || stored.size > LARGEST) return false;
  // RFC 9110 §7.7: no-transform forbids it.
  return !parseCacheControl(headers.get("cache-control")).noTransform;
}

/** The validator of the coded form: a strong tag names one sequence of bytes (RFC 9110 §8.8.3.3). */
export function codedEtag(etag: string, coding: string): string {
  return etag.replace(/"$/, `-${coding}"`);
}

/** Codes a whole body. */
export async function encode(bytes: Uint8Array, coding: "br" | "gzip"): Promise<Uint8Array> {
  // Loaded when first needed: a cold start does not pay for it.
  const { brotliCompress, constants, gzip } = await import("node:zlib");
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: Uint8Array) => (error ? reject(error) : resolve(result));
    if (coding === "gzip") gzip(bytes, { level: 6 }, done);
    else {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
      };
      brotliCompress(bytes, { params }, done);
    }
  });
}
