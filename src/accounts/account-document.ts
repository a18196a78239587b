/**
 * What the edge knows of an account: the JSON document under `acct:<id>` in the zone table (KV). An account that was never
 * suspended or stopped has none.
 */
export interface AccountDocument {
  id: string;
  /** What a suspended account has is kept and not served. */
  state: "active" | "suspended";
  /** Until when its live zones are stopped because its quota is used up, ms since the epoch; null: they are not. */
  stoppedUntil: number | null;
  /** Grows by one with every change. */
  revision: number;
  /** Zones whose requests somebody reads along; left out: none. */
  tails?: readonly AnnouncedTail[];
}

/** That somebody reads along what a zone answers. */
export interface AnnouncedTail {
  /** The zone's id. */
  zone: string;
  /** Ms since the epoch. */
  until: number;
  /** The share of its requests that an isolate tells of until it knows better. */
  fraction: number;
}

/** Why nothing of an account is served. */
export type Bar = "suspended-account" | "over-quota";

/** What bars an account's zones of a mode, and its names; null: nothing. @param now ms since the epoch */
export function barOf({ state, stoppedUntil }: AccountDocument, mode: "live" | "test", now: number): Bar | null {
  if (state === "suspended") return "suspended-account";
  // What test zones answer is not counted.
  return stoppedUntil !== null && mode === "live" && now < stoppedUntil ? "over-quota" : null;
}
