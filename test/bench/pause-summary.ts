import type { Collection } from "./collection.ts";
import type { Round } from "./measure.ts";
import { percentile, summarise } from "./summary.ts";
import type { Pace } from "./wrk.ts";

/** The measurements for one asset. */
export interface Pauses {
  asset: string;
  saturation: PauseSummary[];
  /** At half of the constant answer's rate. */
  half: PauseSummary[];
}

/** The effect of garbage collection on one contender in all its rounds. */
export interface PauseSummary {
  contender: string;
  pace: Pace;
  /** Median of the rounds. */
  rate: number;
  /** Latency, µs, median of the rounds. */
  p99: number;
  collectors: CollectorSummary[];
}

/** The pauses of one of V8's collectors. */
export interface CollectorSummary {
  name: string;
  /** Collections in all rounds. */
  count: number;
  /** Collections per 10,000 requests. */
  perTenThousand: number;
  /** Pauses, ms. */
  p50: number;
  p99: number;
  max: number;
  /** The share of the time under load that pauses, and the steps before them, took. */
  share: number;
  /** The largest heap after a collection, MB. */
  heap: number;
}

/** Summarises contenders' rounds. All get the same collectors, including those that they never used. */
export function summarisePauses(
  rounds: readonly Round[],
  collections: ReadonlyMap<string, readonly Collection[]>,
): PauseSummary[] {
  const names = [...new Set([...collections.values()].flat().map(({ collector }) => collector))].sort();
  return summarise(rounds).map(({ contender, rate, p99 }) => {
    const own = rounds.filter((round) => round.contender === contender);
    const requests = own.reduce((sum, round) => sum + round.requests, 0);
    const seconds = own.reduce((sum, round) => sum + round.requests / round.rate, 0);
    const collectors = names.map((name): CollectorSummary => {
      const made = (collections.get(contender) ?? []).filter(({ collector }) => collector === name);
      const pauses = made.map(({ pauseMs }) => pauseMs);
      const stopped = made.reduce((sum, { pauseMs, stepsMs }) => sum + pauseMs + stepsMs, 0);
      return {
        name,
        count: made.length,
        perTenThousand: (made.length * 10_000) / requests,
        p50: percentile(pauses, 0.5),
        p99: percentile(pauses, 0.99),
        max: percentile(pauses, 1),
        share: stopped / 1_000 / seconds,
        heap: percentile(
          made.map(({ heapMb }) => heapMb),
          1,
        ),
      };
    });
    return { contender, pace: own[0]!.pace, rate, p99, collectors };
  });
}
