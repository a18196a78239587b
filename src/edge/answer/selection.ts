import { evaluatePreconditions, knownEtag } from "../../http/conditional.ts";
import { requestedRange } from "../../http/range.ts";
import type { BodySource } from "../cache/body-source.ts";
import { type StoredResponse, selectedValidators } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";
import { type CodingChoice, etagsOf } from "./coding.ts";

/** Which part of a response a request gets. Positions and sizes are in bytes. */
export type Selection =
  | { kind: "precondition-failed" }
  /** `etag`: that of the client's copy. */
  | { kind: "not-modified"; etag: string | null }
  | { kind: "unsatisfiable"; size: number }
  /** `first` to `last`, inclusive. */
  | { kind: "part"; first: number; last: number; size: number }
  | { kind: "whole" };

/**
 * A range is cut out of a whole that is not kept only up to this position (bytes). Beyond it the client gets the whole (RFC
 * 9110 §14.2: "A server MAY ignore the Range header field"); otherwise the origin would send a lot for a little.
 */
const CUT_OUT_BYTES = 1_048_576;

/** Preconditions first, then the range (RFC 9110 §13.2.2). `headers` are those of the whole answer. */
export function select(
  { request, range, now }: Asked,
  stored: StoredResponse,
  headers: Headers,
  coding: CodingChoice,
  source: BodySource,
): Selection {
  // RFC 9110 §13.2.1: preconditions apply to successes only, which includes a part that the origin sent.
  if ((stored.status !== 200 && stored.status !== 206) || !isGetOrHead(request)) return { kind: "whole" };
  const selected = { ...selectedValidators(headers), otherEtags: tagsInAnyCoding(stored) };
  const precondition = evaluatePreconditions(request.method, request.headers, selected, now);
  if (precondition === "failed") return { kind: "precondition-failed" };
  if (precondition === "not-modified") {
    const tags = request.headers.get("if-none-match");
    return { kind: "not-modified", etag: tags === null ? null : knownEtag(tags, selected) };
  }
  const { size } = stored;
  if (stored.status === 206 || size === null || coding.kind === "coded") return { kind: "whole" };
  const part = requestedRange(request.method, request.headers, selected, size, range);
  const isPassed = source.kind === "origin" && !source.isKept;
  if (isPassed && part.kind === "part" && part.last >= CUT_OUT_BYTES) return { kind: "whole" };
  return part.kind === "whole" ? part : { ...part, size };
}

/** All entity tags that clients may have got with a response, whichever coding they would get today. */
export function tagsInAnyCoding({ headers, computedEtag }: StoredResponse): readonly string[] {
  const [, tag] = headers.find(([name]) => name === "etag") ?? [];
  const shown = tag ?? computedEtag;
  return shown === null ? [] : etagsOf(shown);
}

export function isGetOrHead({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}
