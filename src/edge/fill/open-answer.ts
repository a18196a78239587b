import { acceptsCodings } from "../../http/accept-encoding.ts";
import { mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import { log } from "../../log/log.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { howItBroke } from "../body/how-it-broke.ts";
import { HEAD_BYTES, isPageByItsHead } from "../cache/page-sniffing.ts";
import { loggable } from "../cache/report.ts";
import type { OriginAnswer } from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoded-body.ts";
import { codingsToLookUnder, type Decoding, decodingOf } from "../origin/decoding.ts";
import { BODY_FAILURES, type FailureReason } from "../origin/failure-reason.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { peek } from "../origin/peek.ts";
import type { Target } from "../request/target.ts";

/** An answer of the origin with its body, which was read just far enough to tell what it is. */
export type Opened =
  /** `decoding`: that of an answer for everybody. The body has not been decoded yet. */
  | { kind: "open"; answer: OriginAnswer; decoding: Decoding; body: ReadableStream | null }
  /** Nothing of the body came. */
  | { kind: "failure"; failure: OriginFailure };

/**
 * Opens the body of an answer. If it has no type but an asset's name, it is taken for that asset, unless its first bytes are
 * those of a page: many applications send pages without a type and let browsers guess.
 *
 * @param note is called for a body that breaks before its first bytes
 */
export async function openAnswer(
  answer: OriginAnswer,
  target: Target,
  zone: ZoneDocument,
  note: (reason: FailureReason) => void,
): Promise<Opened> {
  const { asset, key } = target;
  const { status, headers, body } = answer.response;
  const decoding = decodingOf(answer.response, target);
  const isTyped = mediaTypeOf(headers.get("content-type")) !== null;
  if (body === null || asset === null || isTyped || !isSuccess(status)) {
    return { kind: "open", answer, decoding, body };
  }
  const codings = codingsToLookUnder(decoding);
  let start = new Uint8Array();
  const suffices = (head: Uint8Array): boolean => {
    start = new Uint8Array(head);
    return head.byteLength >= HEAD_BYTES || (codings.length === 0 && isPageByItsHead(head, asset.isText) !== null);
  };
  try {
    const whole = await peek(body, suffices, zone.settings.timeouts.idle_ms);
    const isPage = isPageByItsHead(await decodedStart(start, codings, zone), asset.isText) === true;
    return { kind: "open", answer: isPage ? { ...answer, isPage } : answer, decoding, body: whole };
  } catch (error) {
    const detail = howItBroke(error);
    const reason = BODY_FAILURES[detail];
    note(reason);
    log("body_broken", { key: loggable(key), reason, detail });
    return { kind: "failure", failure: { reason, retryAfter: 0 } };
  }
}

/** The first bytes of a body without its codings, as far as they can be decoded from its own first bytes. */
async function decodedStart(start: Uint8Array, codings: readonly string[], zone: ZoneDocument): Promise<Uint8Array> {
  if (codings.length === 0) return start;
  const decoded = (await decodedBody(new Blob([start]).stream(), codings, zone))!.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < HEAD_BYTES) {
      const { done, value } = await decoded.read();
      if (done) break;
      size += pieces[pieces.push(value) - 1]!.byteLength;
    }
  } catch {
    // The coded data continues, or is not coded at all. Whoever reads the whole finds out.
  }
  await decoded.cancel().catch(() => undefined); // one that has failed is gone anyway
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** The decoding for an answer that only this client gets: codings that it accepts stay on, which costs nothing. */
export function decodingForOne(decoding: Decoding, request: Headers): Decoding {
  const { decoded, left } = decoding;
  // Ranges count bytes of the identity form.
  if (decoded.length === 0 || request.has("range")) return decoding;
  if (!acceptsCodings(request.get("accept-encoding"), decoded)) return decoding;
  return { decoded: [], left: [...left, ...decoded.toReversed()] };
}
