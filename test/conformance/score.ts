import type { Results, TestSuite } from "./suite.ts";

/** A test that we fail and why. */
export interface Deviation {
  id: string;
  reason: string;
}

export interface Score {
  required: { passed: number; of: number };
  optimal: { passed: number; of: number };
  /** Failures that no deviation names, as `kind id: message`. */
  unexpected: string[];
  /** Failures that a deviation names, likewise. */
  expected: string[];
  /** Deviations whose test passes, or does not exist. */
  obsolete: string[];
}

const PASS = "✅";

/**
 * Counts the suite's verdicts and holds them against the named deviations. The suite's `check` tests report a
 * behaviour that a cache may choose; they are no part of the score.
 *
 * @param verdicts the suite's symbol by test id
 */
export function score(
  suites: readonly TestSuite[],
  verdicts: ReadonlyMap<string, string>,
  results: Results,
  deviations: readonly Deviation[],
): Score {
  const named = new Set(deviations.map(({ id }) => id));
  const failed = new Set<string>();
  const total: Score = {
    required: { passed: 0, of: 0 },
    optimal: { passed: 0, of: 0 },
    unexpected: [],
    expected: [],
    obsolete: [],
  };
  for (const test of suites.flatMap((suite) => suite.tests)) {
    const kind = test.kind ?? "required";
    if (kind === "check") continue;
    total[kind].of++;
    if (verdicts.get(test.id) === PASS) {
      total[kind].passed++;
      continue;
    }
    failed.add(test.id);
    const result = results[test.id];
    const message = result === undefined ? "did not run" : result === true ? "depends on a failure" : result.join(": ");
    total[named.has(test.id) ? "expected" : "unexpected"].push(`${kind} ${test.id}: ${message}`);
  }
  total.obsolete = [...named].filter((id) => !failed.has(id));
  return total;
}
