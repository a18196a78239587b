/**
 * A document that has changed: its key in KV, and the revision that it had then. Nothing older may be believed from then on.
 */
export type Change = readonly [key: string, revision: number];

/** The newest changes of a feed, and how far back it goes. */
export interface FeedHead {
  /** The oldest segment that the feed still holds. Earlier changes are no longer known. */
  first: number;
  /** The segment that changes are added to. Earlier ones never change again. */
  open: number;
  /** The changes of the open segment, in order. */
  changes: readonly Change[];
}

/** How many changes a segment holds. */
export const SEGMENT_CHANGES = 256;

/** The feeds. There are two, since isolates that serve zones read no records, and the other way round. */
export type FeedName = "zones" | "records";

/** Where an isolate reads a feed, and the documents that changed. */
export interface FeedSource {
  /** The newest changes that the location knows, and when it learned them (ms since the epoch, by a clock of the location). */
  head(): Promise<{ head: FeedHead; at: number }>;
  /** The changes of a closed segment. @throws if it is no longer kept */
  segment(number: number): Promise<readonly Change[]>;
  /** The JSON of a document as its publisher last published it, at this revision or a later one; null: there is none. */
  newest(key: string, revision: number): Promise<string | null>;
}
