/**
 * What the edge knows about an account: the JSON document under `acct:<id>` in the zone table (KV). An account that was never
 * suspended or stopped has none.
 */
export interface AccountDocument {
  id: string;
  /** What belongs to a suspended account is kept but not served. */
  state: "active" | "suspended";
  /** Until when its live zones are stopped because its quota is used up, ms since the epoch; null: they are not stopped. */
  stoppedUntil: number | null;
  /** Increases with every change. */
  revision: number;
  /** Zones whose requests somebody listens to; absent: none. */
  tails?: readonly AnnouncedTail[];
}

/** An announcement that somebody listens to a zone's requests. */
export interface AnnouncedTail {
  /** The zone's id. */
  zone: string;
  /** Ms since the epoch. */
  until: number;
  /** The share of its requests that an isolate reports until it knows better. */
  fraction: number;
}

/** Why nothing of an account's is served. */
export type Bar = "suspended-account" | "over-quota";

/** What bars an account's zones of a mode; null: nothing. @param now ms since the epoch */
export function barOf({ state, stoppedUntil }: AccountDocument, mode: "live" | "test", now: number): Bar | null {
  if (state === "suspended") return "suspended-account";
  // What test zones answer does not count.
  return stoppedUntil !== null && mode === "live" && now < stoppedUntil ? "over-quota" : null;
}
