import type { Change, FeedHead } from "./change.ts";

/** Where an isolate reads a feed, and the documents that it tells of. */
export interface FeedSource {
  /** The newest changes that the location knows, and when it learned them (ms since the epoch, by a clock of the location's). */
  head(): Promise<{ head: FeedHead; at: number }>;
  /** The changes of a closed segment. @throws where it is told no longer */
  segment(number: number): Promise<readonly Change[]>;
  /** The JSON of a document as its publisher last published it, which is of this revision at least; null: there is none. */
  newest(key: string, revision: number): Promise<string | null>;
}
