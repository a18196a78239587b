import { sliceStream } from "../body/slice-stream.ts";
import type { BodySource } from "../cache/body-source.ts";
import type { Caches } from "../cache/caches.ts";
import { reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";
import { loadEncoder } from "./coding.ts";

/** What a Response takes. */
export type Body = Blob | ReadableStream | null;

/** The body as it is. */
export function wholeBody(source: BodySource): Body {
  return "body" in source ? source.body : source.stream;
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

/** A body in a coding, and its length in bytes; null: unknown. */
export interface CodedBody {
  body: Body;
  size: number | null;
}

/** The body in a coding. It is made once for each stored body, when first asked for; one on its way is coded as it goes. */
export async function codedBody(
  { store, target, memory, waitUntil }: Asked & Caches,
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
    if (existing !== null) return existing;
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
