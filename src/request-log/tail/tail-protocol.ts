/** Events that a tail takes in a second, from all locations together. Below it none is left out. */
export const MOST_A_SECOND = 2_000;

/** Listeners that a zone has at most. */
export const MOST_LISTENERS = 5;

/** For how long somebody may listen at most, seconds. */
export const LONGEST_SECONDS = 3_600;

/** Why a tail ends. */
export type EndReason = "time-over" | "not-allowed-any-more" | "zone-deleted" | "server-stops";

/** Which requests a listener wants to hear of; what is left out selects nothing. */
export interface TailFilter {
  /** Statuses (`404`), or their classes (`5xx`). */
  status?: readonly string[];
  /** Words of `X-Cache`. */
  cache?: readonly string[];
  /** A glob over the path. */
  path?: string;
}

/** The filter of one listener, by the id that what is left out is counted under. */
export interface NamedFilter extends TailFilter {
  id: string;
}

/** Events that the same filters let pass. */
export interface ToldEvents {
  /** The filters' ids; null: the filters were not known yet. */
  to: readonly string[] | null;
  /** As `eventBytes` makes them. */
  bytes: Uint8Array;
  count: number;
}

/** What an isolate tells of a zone's requests since it last did. */
export interface TailBatch {
  /** Random, one for each isolate. */
  isolate: string;
  location: string;
  events: ToldEvents[];
  /** How many requests the filters let pass, those left out too, and within how many ms. */
  matched: number;
  ms: number;
  /** How many of them were left out, by the filter's id; under `""` those from before the filters were known. */
  omitted: Record<string, number>;
}

/** How an isolate goes on. */
export interface TailPace {
  /** Ms since the epoch. */
  until: number;
  /** The share of what the filters let pass that it tells of. */
  fraction: number;
  /** Events in one batch at most. */
  most: number;
  /** From one batch to the next. */
  intervalMs: number;
  /** Whoever passes none of them is not told of; none: everything is. */
  filters: readonly NamedFilter[];
}
