/** Documents that the edge does not have as the database says. */
export interface PublisherLag {
  kind: "account" | "zone" | "host" | "namespace" | "record";
  documents: number;
  /** For how long the oldest of them has waited, ms; null: this kind does not tell. */
  lagMs: number | null;
}

/** What the database says of itself and of what lags behind it. */
export interface DatabaseFigures {
  lag: PublisherLag[];
  /** Null: it does not say. */
  bytes: number | null;
}
