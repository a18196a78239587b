import type { ZoneDocument } from "../zones/zone.ts";
import type { WaitUntil } from "../zones/zone-table.ts";
import { countedBody } from "./counted-body.ts";
import type { XCache } from "./provenance.ts";

/** An answer as it has been decided, before it goes out. */
export interface Answer {
  status: number;
  headers: Headers;
  /** A stream's length, where it is known, stands in `Content-Length`. */
  body: Uint8Array | ReadableStream | null;
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
}

/** Makes an answer into what the platform sends. */
export function toResponse({ status, headers, body }: Answer): Response {
  // Coded bytes are sent as they are, ours and those of an origin's own coding.
  return new Response(body, { status, headers, encodeBody: headers.has("content-encoding") ? "manual" : "automatic" });
}

/** What an answer is counted under. */
export interface Recipient {
  zone: ZoneDocument;
  path: string;
  /** When the request arrived, ms since the epoch. */
  now: number;
  usage: Usage;
  waitUntil: WaitUntil;
}

/** Sends an answer to a client of a zone, and counts it: a body in memory at once, a stream as it goes out. */
export function send(answer: Answer, { zone, path, now, usage, waitUntil }: Recipient): Response {
  const { xCache, status, body, headers } = answer;
  if (body instanceof ReadableStream) {
    const count = (bytes: number) => usage.countBytes(zone, xCache, status, bytes, now, waitUntil);
    const response = toResponse({ ...answer, body: countedBody(body, lengthOf(headers), count) });
    usage.countRequest(zone, path, xCache, status, 0, now, waitUntil);
    return response;
  }
  const response = toResponse(answer);
  usage.countRequest(zone, path, xCache, status, body?.byteLength ?? 0, now, waitUntil);
  return response;
}

function lengthOf(headers: Headers): number | null {
  const length = headers.get("content-length");
  return length === null ? null : Number(length);
}
