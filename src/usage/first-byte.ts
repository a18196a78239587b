/**
 * How long origins take to their first byte, as counts in buckets whose bounds grow by a tenth. Counts from any two places or
 * times can be added. Reports give a bucket's middle, which is off by 5 % at most, or by half a millisecond. (Masson, Rim and
 * Lee, "DDSketch", VLDB 2019, §2.1, without the collapsing: there are few buckets.)
 */
export type FirstByteCounts = BucketCount[];

/** By ascending bucket. */
export type BucketCount = [bucket: number, count: number];

const GROWTH = 1.1;
const LN_GROWTH = Math.log(GROWTH);

/** Nothing waits longer, ms. */
const LONGEST_MS = 300_000;

/** The bucket of a time: 0 holds up to one millisecond, `n` holds times above `GROWTH ** (n - 1)`, up to `GROWTH ** n`. */
export function bucketOf(ms: number): number {
  if (ms <= 1) return 0;
  return Math.ceil(Math.log(Math.min(ms, LONGEST_MS)) / LN_GROWTH - 1e-9);
}

/** Adds the counts of two places or times. */
export function addFirstBytes(one: FirstByteCounts, other: FirstByteCounts): FirstByteCounts {
  if (other.length === 0) return one;
  const sums = new Map(one);
  for (const [bucket, count] of other) sums.set(bucket, (sums.get(bucket) ?? 0) + count);
  return [...sums].sort(([a], [b]) => a - b);
}

/** The time within which a share of the answers began, ms; null: there were none. */
export function firstByteWithin(counts: FirstByteCounts, share: number): number | null {
  const wanted = Math.ceil(counts.reduce((sum, [, count]) => sum + count, 0) * share);
  let seen = 0;
  for (const [bucket, count] of counts) {
    seen += count;
    if (seen >= wanted) return middleOf(bucket);
  }
  return null;
}

/** The value that is off by the same share from both bounds of a bucket, in whole milliseconds. */
function middleOf(bucket: number): number {
  return bucket === 0 ? 1 : Math.round((2 * GROWTH ** bucket) / (GROWTH + 1));
}
