import type { StoredResponse } from "./stored-response.ts";

/**
 * A response with its body, held in the isolate. The body is a blob: what the runtime copies of its stream for a client is
 * free again when that client is done. Bytes it would copy into JavaScript's memory, until it next collects garbage.
 */
export interface HotResponse {
  stored: StoredResponse;
  /** The identity body. */
  body: Blob;
  /** The body in the codings that have been made of it. */
  coded: Map<"br" | "gzip", Blob>;
  /** Answers given out of it, by the coding that the client prefers. */
  replays: Map<string, Replay>;
}

/**
 * An answer that was given out of memory and can be given again. While nothing is asked for that could change it, only
 * its age moves: the fields are kept as they were sent, and stamped anew once a second.
 */
export interface Replay {
  /** What `Response` takes. Made once: an object literal for each answer takes the runtime 2 µs longer to read. */
  init: { headers: Headers; encodeBody: "manual" };
  body: Blob;
  /** Of the body, bytes: to ask the blob is a call into the runtime. */
  size: number;
  /** The zone's version that it was made under: settings and purges are the same while it holds. */
  zoneVersion: number;
  /** Ms since the epoch. */
  freshUntil: number;
  /** The age that the fields state, seconds. */
  age: number;
}
