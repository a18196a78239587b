/** A document that has changed: its key in KV, and the revision that it had by then. Nothing older may be believed since. */
export type Change = readonly [key: string, revision: number];

/** The newest changes of a feed, and how far back it goes. */
export interface FeedHead {
  /** The oldest segment that the feed still holds. What was told before is no longer known. */
  first: number;
  /** The segment that changes are added to; those before it never change again. */
  open: number;
  /** The changes of the open segment, in their order. */
  changes: readonly Change[];
}

/** How many changes a segment holds. */
export const SEGMENT_CHANGES = 256;

/** What documents are told of in one feed: who serves zones reads no records, and the other way round. */
export type FeedName = "zones" | "records";

/** Where an isolate reads a feed, and the documents that it tells of. */
export interface FeedSource {
  /** The newest changes that the location knows, and when it learned them (ms since the epoch, by a clock of the location's). */
  head(): Promise<{ head: FeedHead; at: number }>;
  /** The changes of a closed segment. @throws where it is told no longer */
  segment(number: number): Promise<readonly Change[]>;
  /** The JSON of a document as its publisher last published it, which is of this revision at least; null: there is none. */
  newest(key: string, revision: number): Promise<string | null>;
}
