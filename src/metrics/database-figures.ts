/** Documents that have not reached the edge as the database has them. */
export interface PublisherLag {
  kind: "account" | "zone" | "host" | "namespace" | "record";
  documents: number;
  /** How long the oldest of them has waited, ms; null: this kind does not say. */
  lagMs: number | null;
}

/** What the database reports about itself, and what lags behind it. */
export interface DatabaseFigures {
  lag: PublisherLag[];
  /** Null: unknown. */
  bytes: number | null;
}
