import type { CacheStatus } from "../../http/cache-status.ts";
import type { CacheWord } from "../../why/words.ts";

/** What the cache above says of itself (RFC 9211). */
export type StatusAbove = Omit<CacheStatus, "detail"> & { detail?: CacheWord };
