/** An order to fetch things of a zone to the edge before clients ask for them. */
export interface PrefetchOrder {
  id: string;
  /** Id of the zone. */
  zone: string;
  /** The zone's public hostname, which requests go to. */
  host: string;
  /** Hosts whose URLs in a sitemap count as the zone's: its hostnames and its origin's. */
  hosts: readonly string[];
  /** Paths with their queries; null: those in the sitemap. */
  paths: readonly string[] | null;
  /** Path of a sitemap; null: the order names paths. */
  sitemap: string | null;
}

export type PrefetchState = "waiting" | "running" | "done" | "failed";

/** The progress of an order. */
export interface PrefetchJob extends Omit<PrefetchOrder, "paths" | "hosts"> {
  hosts: readonly string[];
  state: PrefetchState;
  /** Ms since the epoch; null: not yet. */
  createdAt: number;
  finishedAt: number | null;
  /** How many paths there are; null: the sitemap has not been read yet. */
  total: number | null;
  done: number;
  /** URLs of the sitemap on other hosts, or beyond the limit. */
  leftOut: number;
  /** Why it failed, as a sentence; null: it has not. */
  reason: string | null;
  counts: Record<PrefetchOutcome, number>;
}

/** `held`: it was already here. `stored`: it is now. */
export type PrefetchOutcome = "held" | "stored" | "not_stored" | "failed";

export interface PrefetchResult {
  path: string;
  outcome: PrefetchOutcome;
  /** Null: there was no answer. */
  status: number | null;
  /** The edge's `Cache-Status`, as clients get it. */
  cacheStatus: string | null;
  bytes: number;
  milliseconds: number;
}

/** The most paths that one order may have. */
export const MOST_PATHS = 1_000;

/** The outcome, judged by the edge's answer. */
export function outcomeOf({ status, headers }: Pick<Response, "status" | "headers">): PrefetchOutcome {
  const xCache = headers.get("x-cache");
  if (xCache === "HIT" || xCache === "STALE" || xCache === "REVALIDATED") return status < 400 ? "held" : "failed";
  if (status >= 400) return "failed";
  return xCache === "MISS" ? "stored" : "not_stored";
}
