import type { SelectedValidators } from "../../http/conditional.ts";
import type { StoredResponse } from "./stored-response.ts";

/** A stored response as an isolate knows it, with what it has made of it. */
export interface KnownResponse {
  stored: StoredResponse;
  /** Answers made ready out of it, by what of a request tells them apart: see `readyKey`. */
  ready: Map<string, ReadyAnswer>;
  /** Counts what is held of it again: it has grown. */
  recount(): void;
}

/**
 * A response with its body, held in the isolate. The body is a blob: what the runtime copies of its stream for a client is
 * free again when that client is done. Bytes it would copy into JavaScript's memory, until it next collects garbage.
 */
export interface HotResponse extends KnownResponse {
  /** The identity body. */
  body: Blob;
  /** The body in the codings that have been made of it. */
  coded: Map<"br" | "gzip", Blob>;
}

/**
 * The answers that one kind of client gets out of a stored response, made once. While nothing is asked for that could
 * change them, only their age moves: the fields are stamped anew once a second.
 */
export interface ReadyAnswer {
  whole: ResponseFields;
  /** Made from `whole` when first asked for. */
  notModified: ResponseFields | null;
  /** The part that was asked for last: most players and readers begin with the same. */
  part: ReadyPart | null;
  /** Null where it stands in the store. */
  body: Blob | null;
  /** Of the body, bytes: to ask the blob is a call into the runtime. */
  size: number;
  /** Which form the body has; null: the identity form. */
  coding: "br" | "gzip" | null;
  /** Whether ranges of it may be asked for: it is a 200 in its identity form. */
  hasRanges: boolean;
  /** Whether its fields hold a digest of its content, which is true of the whole only. */
  hasContentDigest: boolean;
  /** What preconditions are evaluated against; null where they do not apply, since it is no 200. */
  selected: SelectedValidators | null;
  /** As sent: a client that repeats it to the letter needs no parser. */
  lastModified: string | null;
  /** The zone's version that it was made under: settings and purges are the same while it holds. */
  zoneVersion: number;
  /** Ms since the epoch. */
  freshUntil: number;
  /** The age that the fields state, seconds. */
  age: number;
  /** The page's origin that the fields name, where they name one of those below a domain. */
  pageOrigin: string | null;
}

/** A part of an answer's body. */
interface ReadyPart {
  /** As it was asked for; null: too long to be remembered. */
  range: string | null;
  /** Made from `whole`. */
  fields: ResponseFields;
  body: Blob;
  /** Of the body, bytes. */
  size: number;
}

/** What `Response` takes. Made once: an object literal for each answer takes the runtime 2 µs longer to read. */
export interface ResponseFields {
  status: number;
  headers: Headers;
  encodeBody: "manual";
  /** The targeted fields among these, which have to go where the answer is one client's own: nobody looks for them again. */
  targeted: readonly string[];
}
