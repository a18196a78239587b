import { loadEncoder } from "../answer/coding.ts";
import { dropBody } from "../body/drop-body.ts";
import type { Handed } from "../body/handed.ts";
import { sliceStream } from "../body/slice-stream.ts";
import type { Exchange } from "../fill/exchange.ts";
import type { HotResponse } from "./hot-response.ts";
import { reportStoreFailure } from "./report.ts";
import type { StoredResponse } from "./stored-response.ts";

/** Where the whole identity body of an answer comes from. */
export type BodySource =
  /** In memory, with the codings made of it so far; `hot`: where the isolate holds it for others. */
  | { kind: "memory"; body: Blob; coded: Map<"br" | "gzip", Blob>; hot: HotResponse | null }
  /** Part of it, which begins at `first`; only a range within it is ever read. */
  | { kind: "part"; body: Blob; first: number }
  /** Stored; `stream` is its beginning, parts and codings can be read apart. */
  | { kind: "store"; stream: ReadableStream }
  /** On its way from the origin, to be read once; `handed` tells how far it is; `isKept`: into the store as well. */
  | { kind: "origin"; stream: ReadableStream | null; handed: Handed; isKept: boolean };

/** What a Response takes. */
export type Body = Blob | ReadableStream | null;

/** The body as it is. */
export function wholeBody(source: BodySource): Body {
  return "body" in source ? source.body : source.stream;
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
    case "memory":
      return source.body.slice(first, last + 1);
    case "part":
      return source.body.slice(first - source.first, last + 1 - source.first);
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
  const known = codedBefore(source, coding);
  if (known !== null) return known;
  const encode = await loadEncoder();
  const bytes = await new Response(wholeBody(source)).bytes();
  // Looked up again after the last wait: what others have made meanwhile is not made again.
  const made = codedBefore(source, coding);
  if (made !== null) return made;
  const coded = new Blob([encode(bytes, coding)]);
  if (source.kind === "memory") {
    source.coded.set(coding, coded);
    memory?.recount(target.key);
  }
  waitUntil(store.writeCoded(target.key, stored.bodyId, coding, coded).catch(reportStoreFailure(target.key)));
  return { body: coded, size: coded.size };
}

function codedBefore(source: BodySource, coding: "br" | "gzip"): CodedBody | null {
  const body = source.kind === "memory" ? source.coded.get(coding) : undefined;
  return body === undefined ? null : { body, size: body.size };
}

/** Lets go of a body that is not wanted. */
export async function discard(source: BodySource): Promise<void> {
  if ("stream" in source) await dropBody(source.stream);
}
