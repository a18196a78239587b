import { isWeak } from "../../http/etag.ts";
import { parseContentRange, requestedRange } from "../../http/range.ts";
import type { Caches } from "../cache/caches.ts";
import { useOf } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import { type StoredResponse, selectedValidators } from "../cache/stored-response.ts";
import type { Asked } from "../request/asked.ts";
import { given, type ResponseOutcome } from "./outcome.ts";
import { hit } from "./provenance.ts";

/** A part of a representation whose whole is not stored (RFC 9111 §3.3). */
export interface Part {
  /** The response as it would be with the whole: a 200 without `Content-Range`. */
  stored: StoredResponse;
  body: Blob;
  /** Position of its first byte. */
  first: number;
}

/** The stored part of what is asked for, while it is fresh. */
export async function findPart(asked: Asked & Pick<Caches, "store">): Promise<Part | null> {
  const { store, target, waitUntil } = asked;
  const found = await store.findPart(target.key);
  if (found === null) return null;
  if (useOf(found.stored, asked).kind !== "fresh") {
    waitUntil(store.removePart(target.key).catch(reportStoreFailure(target.key)));
    return null;
  }
  return toPart(found.stored, found.body);
}

/** What comes of a range that lies within a stored part; null where it does not. */
export function outOfPart(asked: Asked, part: Part): ResponseOutcome | null {
  const { stored, body, first } = part;
  const { method, headers } = asked.request;
  const range = requestedRange(method, headers, selectedValidators(new Headers(stored.headers)), stored.size ?? 0);
  if (range.kind !== "part" || range.first < first || range.last >= first + body.size) return null;
  const use = useOf(stored, asked);
  return use.kind === "fresh" ? given(stored, { kind: "part", body, first }, hit("HIT", use)) : null;
}

/** What asks the origin for the rest of a part that begins at the first byte; null for any other. */
export function restOf({ stored, body, first }: Part): Record<string, string> | null {
  if (first !== 0 || body.size === 0) return null;
  const etag = strongEtag(new Headers(stored.headers));
  return { range: `bytes=${body.size}-`, ...(etag !== null && { "if-range": etag }) };
}

/**
 * The whole, out of a part and the 206 with the rest; null where they do not make one.
 * RFC 9111 §3.4: parts are combined only if they "share the same strong validator".
 */
export function completed(part: Part, rest: Response): Response | null {
  const etag = strongEtag(rest.headers);
  const range = parseContentRange(rest.headers.get("content-range"));
  if (etag === null || etag !== strongEtag(new Headers(part.stored.headers))) return null;
  if (rest.body === null || range?.first !== part.body.size || range.size !== range.last + 1) return null;
  const headers = new Headers(rest.headers);
  headers.delete("content-range");
  headers.set("content-length", String(range.size));
  const { readable, writable } = new FixedLengthStream(range.size);
  // A rest that fails fails the whole: its reader is told.
  join(part.body, rest.body, writable).catch(() => undefined);
  return new Response(readable, { status: 200, headers });
}

async function join(start: Blob, rest: ReadableStream, whole: WritableStream<Uint8Array>): Promise<void> {
  await start.stream().pipeTo(whole, { preventClose: true });
  await rest.pipeTo(whole);
}

/** Where the label and the bytes differ, the label is believed as to where they begin, the bytes as to where they end. */
function toPart(stored: StoredResponse, body: Blob): Part | null {
  const headers = new Headers(stored.headers);
  const range = parseContentRange(headers.get("content-range"));
  if (range === null || range.size === null) return null;
  const end = range.first + body.size;
  const size = range.last === range.size - 1 ? end : range.size;
  headers.delete("content-range");
  headers.delete("content-length");
  return { stored: { ...stored, status: 200, headers: [...headers], size }, body, first: range.first };
}

function strongEtag(headers: Headers): string | null {
  const etag = headers.get("etag");
  return etag === null || isWeak(etag) ? null : etag;
}
