import { sliceStream } from "../body/slice-stream.ts";
import type { BodySource } from "../cache/body-source.ts";
import type { Caches } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";
import { LARGEST_IN_MEMORY } from "./coding.ts";
import { CodingBudget } from "./coding-budget.ts";
import { codeOnce } from "./codings-under-way.ts";
import { encodeAtOnce, encodeByPieces } from "./encode.ts";

/** What a `Response` accepts as its body. */
export type Body = Blob | ReadableStream | null;

/** The body as it is. */
export function wholeBody(source: BodySource): Body {
  return "body" in source ? source.body : source.stream;
}

/** The source with a new stream, if its first one has been read in vain. */
export async function unreadSource(
  { store, target }: Asked & Caches,
  stored: StoredResponse,
  source: BodySource,
): Promise<BodySource> {
  if (source.kind !== "store" || !source.stream.locked) return source;
  const stream = await store.readPart(target.key, stored, 0, stored.size! - 1);
  if (stream === null) throw new Error("a stored body has gone while it was being read");
  return { ...source, stream };
}

/** Bytes `first` to `last` (inclusive). */
export async function partOfBody(
  { store, target }: Asked & Caches,
  stored: StoredResponse,
  source: BodySource,
  first: number,
  last: number,
): Promise<Body> {
  switch (source.kind) {
    case "memory":
      return source.body.slice(first, last + 1);
    case "part":
      return source.body.slice(first - source.first, last + 1 - source.first);
    case "store": {
      const part = await store.readPart(target.key, stored, first, last);
      return part ?? sliceStream(source.stream, first, last);
    }
    case "origin":
      return source.stream && sliceStream(source.stream, first, last);
    default:
      return source satisfies never;
  }
}

/** A coded body, and its length in bytes; null: unknown. */
export interface CodedBody {
  body: Body;
  size: number | null;
}

/** A body up to this size is coded in one go, which takes a few milliseconds (bytes). */
const SMALL_BYTES = 65_536;

/** For the isolate: enough for one of the largest bodies, or for several others. */
const budget = new CodingBudget({ bodies: 8, bytes: LARGEST_IN_MEMORY });

/**
 * The body in a coding. For a stored body it is made once, when first asked for. A body on its way is coded as it passes. Null
 * if too much is being coded already, or if the coded body has gone.
 */
export async function codedBody(
  exchange: Asked & Caches,
  stored: StoredResponse,
  source: BodySource,
  coding: "br" | "gzip",
): Promise<CodedBody | null> {
  const { store, target, memory, waitUntil } = exchange;
  if (source.kind === "origin") {
    // `chooseCoding` offers nothing but gzip here.
    return { body: source.stream && gzipped(source.stream), size: null };
  }
  if (source.kind === "store") {
    const existing = await store.readCoded(target.key, stored.bodyId, coding);
    if (existing !== null) return existing;
  }
  const known = codedBefore(source, coding);
  if (known !== null) return known;
  const size = stored.size ?? 0;
  if (size > LARGEST_IN_MEMORY) return largeCodedBody(exchange, stored, size, source);
  const coded = await encoded(exchange, size, source, coding);
  if (coded === null) return null;
  if (source.kind === "memory") {
    source.coded.set(coding, coded);
    memory?.recount(target.key);
  }
  waitUntil(store.writeCoded(target.key, stored.bodyId, coding, coded).catch(reportStoreFailure(target.key)));
  return { body: coded, size: coded.size };
}

/** It is made for everybody who waits for it and read from the store, so that a slow client holds up nobody. */
async function largeCodedBody(
  { store, target, memory, waitUntil, now }: Asked & Caches,
  stored: StoredResponse,
  size: number,
  source: BodySource,
): Promise<CodedBody | null> {
  const code = async () => {
    const coded = gzipped(source.kind === "store" ? source.stream : new Response(wholeBody(source)).body!);
    if (source.kind !== "memory") return store.writeCoded(target.key, stored.bodyId, "gzip", coded);
    source.coded.set("gzip", await new Response(coded).blob());
    memory?.recount(target.key);
  };
  if (!(await codeOnce(`${source.kind} ${stored.bodyId}`, size, now, waitUntil, code))) return null;
  return codedBefore(source, "gzip") ?? store.readCoded(target.key, stored.bodyId, "gzip");
}

/**
 * Small bodies are coded in one go. Others are coded piece by piece, as many as the isolate can bear, even if clients leave.
 */
async function encoded(
  { waitUntil, now }: Asked,
  size: number,
  source: BodySource,
  coding: "br" | "gzip",
): Promise<Blob | null> {
  if (size <= SMALL_BYTES) return encodeAtOnce(await new Response(wholeBody(source)).bytes(), coding);
  const permit = budget.begin(size, now);
  if (permit === null) return null;
  const coded = encodeByPieces(new Response(wholeBody(source)).body!, size, coding).finally(permit.end);
  waitUntil(coded.catch(() => undefined)); // the caller sees the error
  return coded;
}

/** Uses the platform, which offers no better coding for streams. */
function gzipped(body: ReadableStream): ReadableStream {
  return body.pipeThrough(new CompressionStream("gzip"));
}

function codedBefore(source: BodySource, coding: "br" | "gzip"): CodedBody | null {
  const body = source.kind === "memory" ? source.coded.get(coding) : undefined;
  return body === undefined ? null : { body, size: body.size };
}
