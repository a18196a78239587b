import type { SelectedValidators } from "../../http/conditional.ts";
import type { StoredResponse } from "./stored-response.ts";

/** A stored response as an isolate knows it, with what the isolate has made of it. */
export interface KnownResponse {
  stored: StoredResponse;
  /** Answers made ready from it, by the parts of a request that tell them apart: see `readyKey`. */
  ready: Map<string, ReadyAnswer>;
  /** Recounts what it takes, since it has grown. */
  recount(): void;
}

/**
 * A response with its body, held in the isolate. The body is a blob: what the runtime copies from its stream for a client is
 * freed when that client is done. From an array of bytes it would copy into JavaScript's memory, where the copy stays until the
 * next garbage collection.
 */
export interface HotResponse extends KnownResponse {
  /** The identity body. */
  body: Blob;
  /** The body in the codings that have been made of it. */
  coded: Map<"br" | "gzip", Blob>;
}

/**
 * An answer that one kind of client gets from a stored response, made once. As long as the same is asked for, only its age
 * changes: the fields are stamped again once a second.
 */
export interface ReadyAnswer {
  whole: ResponseFields;
  /** Made from `whole` when it is first asked for. */
  notModified: ResponseFields | null;
  /** The part that was asked for last: most players and readers begin with the same. */
  part: ReadyPart | null;
  /** Null: it is in the store. */
  body: Blob | null;
  /** The body's length, bytes. It is kept here because asking the blob is a call into the runtime. */
  size: number;
  /** The body's coding; null: the identity form. */
  coding: "br" | "gzip" | null;
  /** Whether ranges of it may be asked for: it is a 200 in its identity form. */
  hasRanges: boolean;
  /** Whether its fields have a content digest, which is true only of the whole. */
  hasContentDigest: boolean;
  /** What preconditions are evaluated against; null: they do not apply, since it is not a 200. */
  selected: SelectedValidators | null;
  /** As sent: if a client repeats it unchanged, it need not be parsed. */
  lastModified: string | null;
  /** The zone's version under which it was made: while that is current, settings and purges are the same. */
  zoneVersion: number;
  /** Ms since the epoch. */
  freshUntil: number;
  /** The age that the fields state, seconds. */
  age: number;
  /** The origin of the page that the fields name, if it is one of several below a domain. */
  pageOrigin: string | null;
}

/** A part of an answer's body. */
interface ReadyPart {
  /** The range as the client wrote it; null: too long to be remembered. */
  range: string | null;
  /** Made from `whole`. */
  fields: ResponseFields;
  body: Blob;
  /** The part's length, bytes. */
  size: number;
}

/** The options for `Response`. Made once, since the runtime takes 2 µs longer to read a new object literal for each answer. */
export interface ResponseFields {
  status: number;
  headers: Headers;
  encodeBody: "manual";
  /**
   * The targeted fields among these. They are removed if the answer is one client's own, and are listed here so that nobody has
   * to search for them again.
   */
  targeted: readonly string[];
}
