/** Where a page of rows begins: after the row with this time and id. */
export interface Position {
  /** Ms since the epoch. */
  createdAt: number;
  id: string;
}

/** A part of a list. `after: null`: from the beginning. */
export interface Page {
  limit: number;
  after: Position | null;
}
