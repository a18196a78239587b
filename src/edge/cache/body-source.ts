import type { ByteTally } from "../body/byte-tally.ts";
import type { HotResponse, KnownResponse } from "./hot-response.ts";

/** Where the whole identity body of an answer comes from. */
export type BodySource =
  /** In memory, with the codings made of it so far; `hot`: set if the isolate holds it for others. */
  | { kind: "memory"; body: Blob; coded: Map<"br" | "gzip", Blob>; hot: HotResponse | null }
  /** A part of it, which begins at `first`; only ranges within it are ever read. */
  | { kind: "part"; body: Blob; first: number }
  /** Stored; `stream` reads it from its beginning, parts and codings are read separately. */
  | { kind: "store"; stream: ReadableStream; known: KnownResponse | null }
  /** On its way from the origin, to be read once; `tally` tells how far it is; `isKept`: it goes into the store as well. */
  | { kind: "origin"; stream: ReadableStream | null; tally: ByteTally; isKept: boolean };

/** Its stream, which is cancelled if nobody reads it; null: it has none. */
export function streamOf(source: BodySource): ReadableStream | null {
  return "stream" in source ? source.stream : null;
}
