/** How often a Worker has called others. */
export interface Calls {
  kvReads: number;
  kvWrites: number;
  durableObject: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  /** `match`, `put` and `delete`. */
  cacheApi: number;
}

export function noCalls(): Calls {
  return { kvReads: 0, kvWrites: 0, durableObject: 0, d1RowsRead: 0, d1RowsWritten: 0, cacheApi: 0 };
}

/** Where a counted Worker reports its calls so far. */
export const CALLS_PATH = "/.bench/calls";
