/** An account's claim to a hostname, as D1 holds it. Times in ms since the epoch. */
export interface Claim {
  id: string;
  account: string;
  mode: "live" | "test";
  /** Id and name of the zone that it should lead to. */
  zone: string;
  zoneName: string;
  hostname: string;
  /**
   * `pending`: not proven yet, checked again and again. `active`: proven, and served. `lapsed`: was active, but its proof is
   * gone. `failed`: no longer checked until its owner asks.
   */
  state: "pending" | "active" | "lapsed" | "failed";
  /** When the state began. */
  since: number;
  /** The result of the last check; null: all is well, or there was none. */
  reason: string | null;
  /** How it was last proven; null: it never was. */
  provenBy: "dns" | "http" | null;
  provenAt: number | null;
  /** The first check since then that found no proof; null: the last one found it. */
  goneSince: number | null;
  /** Checks without a proof in this state. */
  checks: number;
  checkedAt: number | null;
  nextCheckAt: number | null;
  /** Increases with every change. */
  revision: number;
  createdAt: number;
}
