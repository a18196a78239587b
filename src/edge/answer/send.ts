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
  /** If a stream's length is known, it is in `Content-Length`. */
  body: Blob | ReadableStream | null;
  /** Whether a stream comes at the origin's pace. Any other body is here already. */
  isOnTheWay: boolean;
  /** Counts a stream as it is handed over; null: it has to be counted here. */
  tally: ByteTally | null;
  xCache: XCache;
}

/** Counts what goes out to a zone's clients. It is called for each answer, so it must cost next to nothing. */
export interface Usage {
  /**
   * Counts an answer, with the bytes of its body that are known by now.
   *
   * @param now when the request arrived, ms since the epoch
   */
  countRequest(
    zone: ZoneDocument,
    path: string,
    xCache: XCache,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void;
  /** Counts more bytes of an answer that has been counted. */
  countBytes(
    zone: ZoneDocument,
    xCache: XCache,
    status: number,
    bytes: number,
    now: number,
    waitUntil: WaitUntil,
  ): void;
  /** Counts a failure of the zone's origin, which may affect several answers, or none. @param reason its word */
  countFailure(zone: ZoneDocument, reason: string, waitUntil: WaitUntil): void;
  /** Counts an answer that the zone's policy gives in place of what was asked for. @param reason its word */
  countRefusal(zone: ZoneDocument, reason: string, waitUntil: WaitUntil): void;
  /** Counts a request to the zone's origin. @param firstByteMs until its answer began; null: it gave none */
  countOrigin(zone: ZoneDocument, firstByteMs: number | null, waitUntil: WaitUntil): void;
  /** Counts bytes of bodies that the zone's origin has sent. */
  countOriginBytes(zone: ZoneDocument, bytes: number, waitUntil: WaitUntil): void;
  /**
   * Null while counts may still be delivered later. Once the isolate is about to end, each answer waits for this before its
   * end: by then its counts are where they outlive the isolate.
   */
  settle: ((zone: ZoneDocument) => Promise<void>) | null;
}

/** Turns an answer into what the platform sends. */
export function toResponse({ status, headers, body }: Answer): Response {
  const sent = body instanceof Blob ? body.stream() : body;
  // Coded bytes are sent as they are, whether coded here or by the origin.
  return new Response(sent, { status, headers, encodeBody: headers.has("content-encoding") ? "manual" : "automatic" });
}

/** What an answer is counted under. */
export interface SendContext {
  zone: ZoneDocument;
  /** When the request arrived, ms since the epoch. */
  now: number;
  usage: Usage;
  /** A client that takes nothing for this long is dropped, ms. */
  stalledMs: number;
  waitUntil: WaitUntil;
  /** Null: nobody is watching. */
  watch: Watch | null;
  asked: Pick<SentAnswer, "request" | "url" | "target">;
}

/** Up to this length, a body from the store is handed over in one go, like one in memory (bytes). */
export const AT_ONCE_BYTES = 1_048_576;

/** Sends an answer to a zone's client, and counts it: a small body when it is handed over, a stream as it goes out. */
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
