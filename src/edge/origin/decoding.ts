import { parseCacheControl } from "../../http/cache-control.ts";
import { canonicalCoding, contentCodings } from "../../http/content-encoding.ts";
import type { Target } from "../request/target.ts";
import { isCompressedData } from "./compressed-data.ts";

/**
 * What happens to the content codings of an origin's answer. An origin is asked for the identity form. If it sends a coding
 * anyway, the body is decoded on the way in, so that one form is stored that can serve any client.
 */
export interface Decoding {
  /** The codings that are removed, the last applied first. */
  decoded: readonly string[];
  /** The codings that stay on, in the order in which they were applied. */
  left: readonly string[];
}

/** The codings that can be decoded here. */
export const DECODABLE: ReadonlySet<string> = new Set(["gzip", "deflate", "br", "zstd"]);

/** Nobody nests more codings than this on purpose. */
const MOST_CODINGS = 3;

/**
 * The codings, the last applied first, that have to be removed to look at a body; none if that is impossible, or if it has
 * none.
 */
export function codingsToLookUnder({ decoded, left }: Decoding): readonly string[] {
  const codings = [...left.map(canonicalCoding).reverse(), ...decoded];
  return codings.every((coding) => DECODABLE.has(coding)) && codings.length <= MOST_CODINGS ? codings : [];
}

type ResponseHead = Pick<Response, "status" | "headers">;

/** Decides which codings of a response are removed. An unknown coding stays on, and so do all that were applied before it. */
export function decodingOf(head: ResponseHead, target: Pick<Target, "path">): Decoding {
  const codings = contentCodings(head.headers.get("content-encoding"));
  const isKnown = codings.every((coding) => DECODABLE.has(canonicalCoding(coding)));
  if (!isKnown || codings.length > MOST_CODINGS || staysAsItCame(head, target)) return { decoded: [], left: codings };
  return { decoded: codings.map(canonicalCoding).reverse(), left: [] };
}

/**
 * Whether a response must not be decoded, or not without harm. A part of a coded body cannot be decoded alone, and is counted
 * in coded bytes (RFC 9110 §14.1.2). Files of compressed data are meant to arrive compressed, and servers often label them with
 * a coding that they have not applied.
 */
function staysAsItCame({ status, headers }: ResponseHead, { path }: Pick<Target, "path">): boolean {
  return status === 206 || forbidsTransform(headers) || isCompressedData(path, headers.get("content-type"));
}

/** RFC 9110 §7.7: a proxy "MUST NOT transform the content of a response message that contains a no-transform cache directive". */
export function forbidsTransform(headers: Headers): boolean {
  return ["cache-control", "cdn-cache-control"].some((name) => parseCacheControl(headers.get(name)).noTransform);
}
