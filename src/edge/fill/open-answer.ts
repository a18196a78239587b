import { acceptsCodings } from "../../http/accept-encoding.ts";
import { mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { BodySilent } from "../body/body-reader.ts";
import { isPageByItsHead } from "../cache/page-sniffing.ts";
import { loggable } from "../cache/report.ts";
import type { OriginAnswer } from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoded-body.ts";
import { type Decoding, decodingOf } from "../origin/decoding.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { peek } from "../origin/peek.ts";
import type { Target } from "../request/target.ts";

/** An answer of the origin with its body, read as far as it takes to tell what the answer is. */
export type Opened =
  | OpenedAnswer
  /** Nothing of the body came. */
  | { kind: "failure"; failure: OriginFailure };

/** `decoding`: of an answer that is for all; `isDecoded`: whether that has happened to the body already, see {@link bodyIn}. */
export interface OpenedAnswer {
  kind: "open";
  answer: OriginAnswer;
  decoding: Decoding;
  body: ReadableStream | null;
  isDecoded: boolean;
}

/**
 * Opens the body of an answer. One that comes without a type under the name of an asset is taken for that asset, unless its
 * first bytes are those of a page: many an application sends its pages without a type, and leaves it to browsers to guess.
 */
export async function openAnswer(answer: OriginAnswer, target: Target, zone: ZoneDocument): Promise<Opened> {
  const { asset, key } = target;
  const { status, headers, body } = answer.response;
  const decoding = decodingOf(answer.response, target);
  const isTyped = mediaTypeOf(headers.get("content-type")) !== null;
  if (body === null || asset === null || isTyped || !isSuccess(status)) {
    return { kind: "open", answer, decoding, body, isDecoded: false };
  }
  // Under a coding that stays on, nobody here can look.
  if (decoding.left.length > 0 && !asset.isCompressed) {
    return { kind: "open", answer: { ...answer, isPage: true }, decoding, body, isDecoded: false };
  }
  let isPage: boolean | null = null;
  const suffices = (head: Uint8Array): boolean => {
    isPage = isPageByItsHead(head, asset.isText);
    return isPage !== null;
  };
  try {
    const decoded = (await decodedBody(body, decoding.decoded, zone))!;
    const whole = await peek(decoded, suffices, zone.settings.timeouts.idle_ms);
    return { kind: "open", answer: isPage ? { ...answer, isPage } : answer, decoding, body: whole, isDecoded: true };
  } catch (error) {
    console.warn(JSON.stringify({ event: "body_broken", key: loggable(key), reason: String(error) }));
    const isSilent = error instanceof BodySilent;
    return {
      kind: "failure",
      failure: isSilent ? { status: 504, reason: "origin-timeout" } : { status: 502, reason: "origin-unreachable" },
    };
  }
}

/** The codings of an answer that nobody but this client gets: what it accepts stays as it came, and costs nothing. */
export function decodingForOne({ decoding, isDecoded }: OpenedAnswer, request: Headers): Decoding {
  const { decoded, left } = decoding;
  // A range is counted in bytes of the identity form.
  if (decoded.length === 0 || isDecoded || request.has("range")) return decoding;
  if (!acceptsCodings(request.get("accept-encoding"), decoded)) return decoding;
  return { decoded: [], left: [...left, ...decoded.toReversed()] };
}

/** The body of an answer without the codings that are taken off it. */
export async function bodyIn(
  { body, isDecoded }: OpenedAnswer,
  { decoded }: Decoding,
  zone: ZoneDocument,
): Promise<ReadableStream | null> {
  return isDecoded ? body : decodedBody(body, decoded, zone);
}
