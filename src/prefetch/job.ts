/** An order to bring things of a zone to the edge before clients ask for them. */
export interface PrefetchOrder {
  id: string;
  /** Id of the zone. */
  zone: string;
  /** The zone's public hostname, which is asked. */
  host: string;
  /** Hosts whose URLs in a sitemap are the zone's: its hostnames, and its origin's. */
  hosts: readonly string[];
  /** Paths with their queries; null: those of the sitemap. */
  paths: readonly string[] | null;
  /** Path of a sitemap; null: paths are named. */
  sitemap: string | null;
}

export type PrefetchState = "waiting" | "running" | "done" | "failed";

/** What has come of an order so far. */
export interface PrefetchJob extends Omit<PrefetchOrder, "paths" | "hosts"> {
  hosts: readonly string[];
  state: PrefetchState;
  /** Ms since the epoch; null: not yet. */
  createdAt: number;
  finishedAt: number | null;
  /** How many there are; null while the sitemap has not been read. */
  total: number | null;
  done: number;
  /** URLs of the sitemap that are of other hosts, or above the bound. */
  leftOut: number;
  /** Why it failed, a sentence; null: it has not. */
  reason: string | null;
  counts: Record<PrefetchOutcome, number>;
}

/** `held`: it was here already. `stored`: it is now. */
export type PrefetchOutcome = "held" | "stored" | "not_stored" | "failed";

export interface PrefetchResult {
  path: string;
  outcome: PrefetchOutcome;
  /** Null: there was no answer. */
  status: number | null;
  /** What the edge says of it, as clients read it. */
  cacheStatus: string | null;
  bytes: number;
  milliseconds: number;
}

/** How many things an order brings at most. */
export const MOST_PATHS = 1_000;

/** What came of one answer of the edge. */
export function outcomeOf({ status, headers }: Pick<Response, "status" | "headers">): PrefetchOutcome {
  const xCache = headers.get("x-cache");
  if (xCache === "HIT" || xCache === "STALE" || xCache === "REVALIDATED") return status < 400 ? "held" : "failed";
  if (status >= 400) return "failed";
  return xCache === "MISS" ? "stored" : "not_stored";
}
