/** How many events a tail takes per second, from all locations together. Below that, none is left out. */
export const MOST_A_SECOND = 2_000;

/** The most listeners that a zone can have. */
export const MOST_LISTENERS = 5;

/** The longest that anyone may listen, seconds. */
export const LONGEST_SECONDS = 3_600;

/** Why a tail ends. */
export type EndReason = "time-over" | "not-allowed-any-more" | "zone-deleted" | "server-stops";

/** Which requests a listener wants; absent fields select nothing. */
export interface TailFilter {
  /** Statuses (`404`), or their classes (`5xx`). */
  status?: readonly string[];
  /** Values of `X-Cache`. */
  cache?: readonly string[];
  /** A glob over the path. */
  path?: string;
}

/** A listener's filter, with the id under which left-out events are counted. */
export interface NamedFilter extends TailFilter {
  id: string;
}

/** Events that passed the same filters. */
export interface ToldEvents {
  /** The ids of the filters; null: the filters were not known yet. */
  to: readonly string[] | null;
  /** As `eventBytes` makes them. */
  bytes: Uint8Array;
  count: number;
}

/** What an isolate reports about a zone's requests since its last report. */
export interface TailBatch {
  /** Random, one per isolate. */
  isolate: string;
  location: string;
  events: ToldEvents[];
  /** How many requests passed the filters, including those left out, and within how many ms. */
  matched: number;
  ms: number;
  /** How many of them were left out, by the id of the filter; those from before the filters were known are under `""`. */
  omitted: Record<string, number>;
}

/** How an isolate should go on. */
export interface TailPace {
  /** Ms since the epoch. */
  until: number;
  /** The share of the requests passing the filters that it should report. */
  fraction: number;
  /** The most events in one batch. */
  most: number;
  /** The time between batches. */
  intervalMs: number;
  /** Requests that pass none of them are not reported. If there are no filters, everything is. */
  filters: readonly NamedFilter[];
}
