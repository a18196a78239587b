import { loadEncoder } from "./coding.ts";
import { dropBody } from "./drop-body.ts";
import type { Exchange } from "./exchange.ts";
import type { Handed } from "./handed.ts";
import type { HotResponse } from "./hot-response.ts";
import { reportStoreFailure } from "./report.ts";
import { sliceStream } from "./slice-stream.ts";
import type { StoredResponse } from "./stored-response.ts";

/** Where the whole identity body of an answer comes from. */
export type BodySource =
  /** In memory, with the codings made of it so far; `hot`: where the isolate holds it for others. */
  | { kind: "bytes"; bytes: Uint8Array; coded: Map<"br" | "gzip", Uint8Array>; hot: HotResponse | null }
  /** Part of it, which begins at `first`; only a range within it is ever read. */
  | { kind: "part"; bytes: Uint8Array; first: number }
  /** Stored; `stream` is its beginning, parts and codings can be read apart. */
  | { kind: "store"; stream: ReadableStream }
  /** On its way from the origin, to be read once; `handed` tells how far it is; `isKept`: into the store as well. */
  | { kind: "origin"; stream: ReadableStream | null; handed: Handed; isKept: boolean };

/** What a Response takes. */
export type Body = Uint8Array | ReadableStream | null;

/** The body as it is. */
export function wholeBody(source: BodySource): Body {
  return "bytes" in source ? source.bytes : source.stream;
}

/** Bytes `first` to `last` (inclusive). */
export async function partOfBody(
  { store, target }: Exchange,
  stored: StoredResponse,
  source: BodySource,
  first: number,
  last: number,
): Promise<Body> {
  switch (source.kind) {
    case "bytes":
      return source.bytes.subarray(first, last + 1);
    case "part":
      return source.bytes.subarray(first - source.first, last + 1 - source.first);
    case "store": {
      const part = await store.readPart(target.key, stored, first, last);
      if (part === null) return sliceStream(source.stream, first, last);
      await discard(source);
      return part;
    }
    case "origin":
      return source.stream && sliceStream(source.stream, first, last);
    default:
      return source satisfies never;
  }
}

/** A body in a coding, and its length in bytes; null: unknown. */
export interface CodedBody {
  body: Body;
  size: number | null;
}

/** The body in a coding. It is made once for each stored body, when first asked for; one on its way is coded as it goes. */
export async function codedBody(
  { store, target, memory, waitUntil }: Exchange,
  stored: StoredResponse,
  source: BodySource,
  coding: "br" | "gzip",
): Promise<CodedBody> {
  if (source.kind === "origin") {
    // `chooseCoding` offers nothing but gzip here.
    return { body: source.stream?.pipeThrough(new CompressionStream("gzip")) ?? null, size: null };
  }
  if (source.kind === "store") {
    const existing = await store.readCoded(target.key, stored.bodyId, coding);
    if (existing !== null) {
      await discard(source);
      return existing;
    }
  }
  const encode = await loadEncoder();
  const bytes = "bytes" in source ? source.bytes : new Uint8Array(await new Response(source.stream).arrayBuffer());
  // Looked up after the last wait: what others have made meanwhile is not made again.
  const made = source.kind === "bytes" ? source.coded.get(coding) : undefined;
  if (made !== undefined) return { body: made, size: made.byteLength };
  const coded = encode(bytes, coding);
  if (source.kind === "bytes") {
    source.coded.set(coding, coded);
    memory?.recount(target.key);
  }
  waitUntil(store.writeCoded(target.key, stored.bodyId, coding, coded).catch(reportStoreFailure(target.key)));
  return { body: coded, size: coded.byteLength };
}

/** Lets go of a body that is not wanted. */
export async function discard(source: BodySource): Promise<void> {
  if ("stream" in source) await dropBody(source.stream);
}
