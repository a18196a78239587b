/** Where a page of rows begins: behind the row that was made at this time with this id. */
export interface Position {
  /** Ms since the epoch. */
  createdAt: number;
  id: string;
}

/** A part of a list. `after: null`: from its beginning. */
export interface Page {
  limit: number;
  after: Position | null;
}
