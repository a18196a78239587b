import type { ZoneDocument } from "../../zones/zone.ts";
import type { WaitUntil } from "../../zones/zone-table.ts";
import type { ByteTally } from "../body/byte-tally.ts";
import { countedBody } from "../body/counted-body.ts";
import { streamBlob } from "../body/stream-blob.ts";
import type { XCache } from "../fill/provenance.ts";
import type { SentAnswer, Watch } from "./watch.ts";

/** An answer as it has been decided, before it goes out. */
export interface Answer {
  status: number;
  headers: Headers;
  /** A stream's length, where it is known, stands in `Content-Length`. */
  body: Blob | ReadableStream | null;
  /** Whether a stream comes at the origin's pace. Any other body is all here. */
  isOnTheWay: boolean;
  /** Where a stream is told of as it is handed over; null: it has to be counted here. */
  tally: ByteTally | null;
  xCache: XCache;
}

/** Takes note of what goes out to the clients of a zone. It is called for each answer, so it must cost next to nothing. */
export interface Usage {
  /** An answer, with the bytes of its body that are known by now. @param now when the request arrived, ms since the epoch */
  countRequest(
    zone: ZoneDocument,
    path: string,
    xCache: XCache,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void;
  /** More bytes of an answer that has been counted. */
  countBytes(
    zone: ZoneDocument,
    xCache: XCache,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void;
  /** A failure of the zone's origin, which may be that of several answers, or of none. @param reason its word */
  countFailure(zone: ZoneDocument, reason: string, waitUntil: WaitUntil): void;
  /** An answer that the zone's policy gives in the place of what was asked for. @param reason its word */
  countRefusal(zone: ZoneDocument, reason: string, waitUntil: WaitUntil): void;
  /** What the zone's origin was asked. @param firstByteMs until its answer began; null: it gave none */
  countOrigin(zone: ZoneDocument, firstByteMs: number | null, waitUntil: WaitUntil): void;
  /** Bytes of bodies that the zone's origin has sent. */
  countOriginBytes(zone: ZoneDocument, bytes: number, waitUntil: WaitUntil): void;
  /**
   * Null as long as what is counted may be taken away later. Once the isolate is about to end, each answer waits for this
   * before it is whole: until what is counted is where it outlives the isolate.
   */
  settle: ((zone: ZoneDocument) => Promise<void>) | null;
}

/** Makes an answer into what the platform sends. */
export function toResponse({ status, headers, body }: Answer): Response {
  const sent = body instanceof Blob ? body.stream() : body;
  // Coded bytes are sent as they are, ours and those of an origin's own coding.
  return new Response(sent, { status, headers, encodeBody: headers.has("content-encoding") ? "manual" : "automatic" });
}

/** What an answer is counted under. */
export interface SendContext {
  zone: ZoneDocument;
  /** When the request arrived, ms since the epoch. */
  now: number;
  usage: Usage;
  /** After so long without taking anything a client is let go, ms. */
  stalledMs: number;
  waitUntil: WaitUntil;
  /** Null: nobody reads along. */
  watch: Watch | null;
  asked: Pick<SentAnswer, "request" | "url" | "target">;
}

/** Up to this length, a body out of the store is handed over at once, like one in memory (bytes). */
export const AT_ONCE_BYTES = 1_048_576;

/** Sends an answer to a client of a zone, and counts it: a small body as it is handed over, a stream as it goes out. */
export function send(answer: Answer, context: SendContext): Response | Promise<Response> {
  const { zone, asked, now, usage, stalledMs, waitUntil, watch } = context;
  const { path } = asked.target;
  const { xCache, status, body, headers } = answer;
  const size = lengthOf(headers);
  const note = (bytes: number) => watch?.note({ ...asked, status, headers, xCache, bytes, now }, waitUntil);
  if (body instanceof ReadableStream && (answer.isOnTheWay || size === null || size > AT_ONCE_BYTES)) {
    let sentBytes = 0;
    const count = (bytes: number) => {
      sentBytes += bytes;
      usage.countBytes(zone, xCache, status, bytes, now, waitUntil);
    };
    const settle = () => usage.settle?.(zone);
    const ended = watch && (() => note(sentBytes));
    const isTold = answer.tally !== null;
    const counted = isTold ? body : countedBody(body, size, answer.isOnTheWay, stalledMs, count, settle, ended);
    const response = toResponse({ ...answer, body: counted });
    usage.countRequest(zone, path, xCache, status, 0, now, waitUntil);
    answer.tally?.tell(count, settle, ended);
    return response;
  }
  const sent = body instanceof Blob ? streamBlob(body, body.size, stalledMs) : body;
  const response = toResponse({ ...answer, body: sent });
  const bytes = body instanceof ReadableStream ? size! : (body?.size ?? 0);
  usage.countRequest(zone, path, xCache, status, bytes, now, waitUntil);
  if (watch !== null) note(bytes);
  return usage.settle === null ? response : usage.settle(zone).then(() => response);
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}
