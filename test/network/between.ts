import type { WorkersCache } from "../support/workers-cache.ts";
import type { Clock } from "./clock.ts";
import type { LaggingKv } from "./lagging-kv.ts";

/** What lies between the locations and what is single. */
export interface Between {
  clock: Clock;
  kv: LaggingKv;
  cache: WorkersCache;
  /** Whether locations ask origins through the upper tier, and whether their isolates share what they read of KV. */
  hasTier: boolean;
  hasCopies: boolean;
  random: () => number;
  /** While it says so, nobody can read the feed of changes. */
  feedIsDown: boolean;
  /** Numbers the answers of meters, so that some of them can be lost. */
  lostReplies: { next(): number };
}
