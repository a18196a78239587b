/** The zone whose origins are asked about: its document goes by the name, and has to be of that id. */
export interface OriginHealthQuestion {
  name: string;
  id: string;
}

/** What a location makes of a zone's origins, in their order. */
export interface OriginHealthReport {
  /** IATA code, or `LOCAL`. */
  location: string;
  /** ms since the epoch. */
  at: number;
  /** Whether the upper tier asks the origins for what is missed. */
  upperTier: boolean;
  origins: SeenOrigin[];
}

export interface SeenOrigin {
  /** Null: the zone has just one. */
  name: string | null;
  url: string;
  weight: number;
  /** When it is asked: first, where the one before has failed, last since it is down, or never since it is drained. */
  asked: "first" | "next" | "last" | "never";
  /** What requests have shown; null: it has not been down within the last ten minutes. Times in ms since the epoch. */
  seen: { isDown: boolean; since: number; at: number; reason: string | null } | null;
}
