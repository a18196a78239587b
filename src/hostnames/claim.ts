/** An account's claim to a hostname, as D1 holds it. Times in ms since the epoch. */
export interface Claim {
  id: string;
  account: string;
  mode: "live" | "test";
  /** Id and name of the zone that it is to lead to. */
  zone: string;
  zoneName: string;
  hostname: string;
  /**
   * `pending`: not proven yet, looked at again and again. `active`: proven, and served. `lapsed`: was active, its proof has gone.
   * `failed`: nobody looks any more until its owner asks.
   */
  state: "pending" | "active" | "lapsed" | "failed";
  /** When the state began. */
  since: number;
  /** What the last check said; null: all is well, or there was none. */
  reason: string | null;
  /** Of the last proof; null: there never was one. */
  provenBy: "dns" | "http" | null;
  provenAt: number | null;
  /** The first check since then that found none; null: the last one found it. */
  goneSince: number | null;
  /** Checks without a proof in this state. */
  checks: number;
  checkedAt: number | null;
  nextCheckAt: number | null;
  /** Grows by one with every change. */
  revision: number;
  createdAt: number;
}
