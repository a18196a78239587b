/** Upper bounds of the buckets, ms. One more bucket is above the last. */
export const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 15_000] as const;

/** How long origins have taken to begin their answers, since this isolate started. */
export interface OriginTimesFigures {
  /** The count of each bucket, not cumulative; one more than there are bounds. */
  counts: readonly number[];
  sumMs: number;
}

const counts = new Array<number>(BOUNDS_MS.length + 1).fill(0);
let sumMs = 0;

/** Counts an answer of an origin. */
export function noteOriginTime(ms: number): void {
  const bucket = BOUNDS_MS.findIndex((bound) => ms <= bound);
  counts[bucket === -1 ? BOUNDS_MS.length : bucket]!++;
  sumMs += ms;
}

export function originTimes(): OriginTimesFigures {
  return { counts: [...counts], sumMs };
}
