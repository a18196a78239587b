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
