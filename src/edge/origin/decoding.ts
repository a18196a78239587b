import { parseCacheControl } from "../../http/cache-control.ts";
import { canonicalCoding, contentCodings } from "../../http/content-encoding.ts";
import type { Target } from "../request/target.ts";
import { isCompressedData } from "./compressed-data.ts";

/**
 * What becomes of the content codings of an origin's answer. An origin is asked for the identity form. Where it sends a coding
 * all the same, the body is decoded on the way in, so that one form is stored and any client can be served from it.
 */
export interface Decoding {
  /** The codings that are taken off, the last applied first. */
  decoded: readonly string[];
  /** The codings that stay on, in the order in which they were applied. */
  left: readonly string[];
}

/** The codings that can be decoded here. */
export const DECODABLE: ReadonlySet<string> = new Set(["gzip", "deflate", "br", "zstd"]);

/** More codings, one within the other, are nobody's intention. */
const MOST_CODINGS = 3;

/** The codings, the last applied first, under which a body can be looked at here; none where it cannot, or has none. */
export function codingsToLookUnder({ decoded, left }: Decoding): readonly string[] {
  const codings = [...left.map(canonicalCoding).reverse(), ...decoded];
  return codings.every((coding) => DECODABLE.has(coding)) && codings.length <= MOST_CODINGS ? codings : [];
}

type ResponseHead = Pick<Response, "status" | "headers">;

/** Decides what of a response is decoded. A coding that is not known here stays on, and what was applied before it. */
export function decodingOf(head: ResponseHead, target: Pick<Target, "path">): Decoding {
  const codings = contentCodings(head.headers.get("content-encoding"));
  const isKnown = codings.every((coding) => DECODABLE.has(canonicalCoding(coding)));
  if (!isKnown || codings.length > MOST_CODINGS || staysAsItCame(head, target)) return { decoded: [], left: codings };
  return { decoded: codings.map(canonicalCoding).reverse(), left: [] };
}

/**
 * What may not be decoded, or could not be without harm. A part of a coded body cannot be decoded alone, and is counted in coded
 * bytes (RFC 9110 §14.1.2). What is compressed data by itself is meant to arrive as such, and servers often label it with a
 * coding that they have not applied.
 */
function staysAsItCame({ status, headers }: ResponseHead, { path }: Pick<Target, "path">): boolean {
  return status === 206 || forbidsTransform(headers) || isCompressedData(path, headers.get("content-type"));
}

/** RFC 9110 §7.7: a proxy "MUST NOT transform the content of a response message that contains a no-transform cache directive". */
export function forbidsTransform(headers: Headers): boolean {
  return ["cache-control", "cdn-cache-control"].some((name) => parseCacheControl(headers.get(name)).noTransform);
}
