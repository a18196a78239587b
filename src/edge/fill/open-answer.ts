import { mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { BodySilent } from "../body/body-reader.ts";
import { isPageByItsHead } from "../cache/page-sniffing.ts";
import { loggable } from "../cache/report.ts";
import type { OriginAnswer } from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoding.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { peek } from "../origin/peek.ts";
import type { Target } from "../request/target.ts";

/** An answer of the origin with its body, read as far as it takes to tell what the answer is. */
export type Opened =
  /** The body is without its content coding, see {@link decodedBody}. */
  | { kind: "open"; answer: OriginAnswer; body: ReadableStream | null }
  /** Nothing of the body came. */
  | { kind: "failure"; failure: OriginFailure };

/**
 * Opens the body of an answer. One that comes without a type under the name of an asset is taken for that asset, unless its
 * first bytes are those of a page: many an application sends its pages without a type, and leaves it to browsers to guess.
 */
export async function openAnswer(answer: OriginAnswer, { asset, key }: Target, zone: ZoneDocument): Promise<Opened> {
  const { status, headers } = answer.response;
  const body = await decodedBody(answer.response, zone);
  const isTyped = mediaTypeOf(headers.get("content-type")) !== null;
  if (body === null || asset === null || isTyped || !isSuccess(status)) {
    return { kind: "open", answer, body };
  }
  let isPage: boolean | null = null;
  const suffices = (head: Uint8Array): boolean => {
    isPage = isPageByItsHead(head, asset.isText);
    return isPage !== null;
  };
  try {
    const whole = await peek(body, suffices, zone.settings.timeouts.idle_ms);
    return { kind: "open", answer: isPage ? { ...answer, isPage } : answer, body: whole };
  } catch (error) {
    console.warn(JSON.stringify({ event: "body_broken", key: loggable(key), reason: String(error) }));
    const isSilent = error instanceof BodySilent;
    return {
      kind: "failure",
      failure: isSilent ? { status: 504, reason: "origin-timeout" } : { status: 502, reason: "origin-unreachable" },
    };
  }
}
