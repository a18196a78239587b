import { isAhead } from "../memo/is-recent.ts";
import type { DocumentKind } from "./document-kind.ts";

/** How long a document is believed after it was read, whatever happens elsewhere. */
export const FRESH_MS = 5_000;
/**
 * How long it is believed while a feed of changes reports nothing newer. Without a feed: how long it is served while it is
 * being read again.
 */
export const BELIEVED_MS = 60_000;
/** How long it is served if KV fails. */
const KEPT_MS = 3_600_000;

/** A document that is remembered. */
export interface Memo<Document> {
  document: Document;
  /** Until when it is served without any check, if nothing newer is reported, and if KV fails: ms since the epoch. */
  freshUntil: number;
  believedUntil: number;
  keptUntil: number;
  /** Length of the document's JSON. */
  size: number;
}

/** Remembers a document that was read now. @param hasFeed whether a feed of changes reports newer ones */
export function memoOf<Document>(
  document: Document,
  size: number,
  { lifetimeOf, isDeleted }: DocumentKind<Document>,
  hasFeed: boolean,
  now: number,
): Memo<Document> {
  const lifetime = lifetimeOf(document);
  const freshUntil = now + Math.min(FRESH_MS, lifetime);
  // Without a feed, a deleted thing's name may have been taken again elsewhere. So, like a missing document, it is not served
  // stale.
  const believedUntil = !hasFeed && isDeleted(document) ? freshUntil : now + Math.min(BELIEVED_MS, lifetime);
  return { document, freshUntil, believedUntil, keptUntil: now + Math.min(KEPT_MS, lifetime), size };
}

/** Whether it may be served without any check. */
export function isFresh({ freshUntil }: Memo<unknown>, now: number): boolean {
  return isAhead(freshUntil, FRESH_MS, now);
}

/** Whether it may be served as long as nothing newer is reported. */
export function isBelieved({ believedUntil }: Memo<unknown>, now: number): boolean {
  return isAhead(believedUntil, BELIEVED_MS, now);
}

/** Whether it may be served if KV fails. */
export function isKept({ keptUntil }: Memo<unknown>, now: number): boolean {
  return isAhead(keptUntil, KEPT_MS, now);
}

/** From now on it is only served if nothing newer can be had. */
export function doubt(memo: Memo<unknown>): void {
  memo.freshUntil = Number.NEGATIVE_INFINITY;
  memo.believedUntil = Number.NEGATIVE_INFINITY;
}
