import type { Collection } from "./collection.ts";
import type { Round } from "./measure.ts";
import { percentile, summarise } from "./summary.ts";
import type { Pace } from "./wrk.ts";

/** What was measured of one asset. */
export interface Pauses {
  asset: string;
  saturation: PauseSummary[];
  /** At half of the constant answer's rate. */
  half: PauseSummary[];
}

/** What garbage collection did to one contender in all its rounds. */
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
  /** Collections for each 10,000 requests. */
  perTenThousand: number;
  /** Pauses, ms. */
  p50: number;
  p99: number;
  max: number;
  /** Share of the time under load that went into pauses and into the steps before them. */
  share: number;
  /** The largest heap after a collection, MB. */
  heap: number;
}

/** Takes together what contenders did in their rounds; all get the same collectors, also those they never needed. */
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
