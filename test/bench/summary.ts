import type { Round } from "./measure.ts";

/** The medians of one contender's rounds. */
export interface Summary {
  contender: string;
  rate: number;
  p50: number;
  p99: number;
  cpu: number;
  /** CPU time of the best round, µs: a busy neighbour can only add to it. */
  leastCpu: number;
  resident: number;
}

/** The medians, in the order in which contenders first appear. */
export function summarise(rounds: readonly Round[]): Summary[] {
  const names = [...new Set(rounds.map(({ contender }) => contender))];
  return names.map((contender) => {
    const own = rounds.filter((round) => round.contender === contender);
    const of = (field: "rate" | "p50" | "p99" | "cpu") => median(own.map((round) => round[field]));
    return {
      contender,
      rate: of("rate"),
      p50: of("p50"),
      p99: of("p99"),
      cpu: of("cpu"),
      leastCpu: Math.min(...own.map(({ cpu }) => cpu)),
      // The size that memory grew to, not its median.
      resident: Math.max(...own.map(({ resident }) => resident)),
    };
  });
}

/**
 * How many times as much of something one contender has as another: the median of the ratios between rounds from the same time.
 * What a shared machine can do changes from minute to minute, for both alike.
 */
export function timesAsMuch(field: "rate" | "cpu" | "p99", ours: readonly Round[], others: readonly Round[]): number {
  return median(ours.flatMap((round, index) => (others[index] ? [round[field] / others[index][field]] : [])));
}

/** The middle value; for an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The smallest value that at least `share` (0–1) of the values do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
