/** The zone whose origins are asked about. Its document is found by the name, and must have the id. */
export interface OriginHealthQuestion {
  name: string;
  id: string;
}

/** What a location knows about a zone's origins, in their order. */
export interface OriginHealthReport {
  /** IATA code, or `LOCAL`. */
  location: string;
  /** ms since the epoch. */
  at: number;
  /** Whether cache misses go to the origins through the upper tier. */
  upperTier: boolean;
  origins: SeenOrigin[];
}

export interface SeenOrigin {
  /** Null: the zone has only one. */
  name: string | null;
  url: string;
  weight: number;
  /** When it is asked: first, after the one before has failed, last because it is down, or never because it is drained. */
  asked: "first" | "next" | "last" | "never";
  /** What requests have shown; null: it has not been down within the last ten minutes. Times in ms since the epoch. */
  seen: { isDown: boolean; since: number; at: number; reason: string | null } | null;
}
