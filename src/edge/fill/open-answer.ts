import { mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { isPageByItsHead } from "../cache/page-sniffing.ts";
import type { OriginAnswer } from "../cache/stored-response.ts";
import { decodedBody } from "../origin/decoding.ts";
import { peek } from "../origin/peek.ts";
import type { Target } from "../request/target.ts";

/** An answer of the origin with its body, read as far as it takes to tell what the answer is. */
export interface OpenAnswer {
  answer: OriginAnswer;
  /** Without its content coding, see {@link decodedBody}. */
  body: ReadableStream | null;
}

/**
 * Opens the body of an answer. One that comes without a type under the name of an asset is taken for that asset, unless its
 * first bytes are those of a page: many an application sends its pages without a type, and leaves it to browsers to guess.
 */
export async function openAnswer(
  answer: OriginAnswer,
  { asset }: Pick<Target, "asset">,
  zone: ZoneDocument,
): Promise<OpenAnswer> {
  const { status, headers } = answer.response;
  const body = await decodedBody(answer.response, zone);
  const isTyped = mediaTypeOf(headers.get("content-type")) !== null;
  if (body === null || asset === null || isTyped || !isSuccess(status)) return { answer, body };
  let isPage: boolean | null = null;
  const whole = await peek(
    body,
    (head) => {
      isPage = isPageByItsHead(head, asset.isText);
      return isPage !== null;
    },
    zone.settings.timeouts.idle_ms,
  );
  return { answer: isPage ? { ...answer, isPage } : answer, body: whole };
}
