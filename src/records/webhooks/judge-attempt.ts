import type { AttemptResult } from "./attempt.ts";
import { nextAttemptAt } from "./retry-schedule.ts";

/**
 * Why a webhook is disabled automatically: it answered 410 (Gone), nothing has been delivered for days, or too much waits for
 * it.
 */
export type DisabledReason = "gone" | "failing" | "backlog";

/** What an attempt means for the delivery and its webhook. Times in ms since the epoch. */
export interface Judgement {
  state: "pending" | "delivered" | "failed";
  /** Null: there will be no further attempt. */
  nextAttemptAt: number | null;
  failingSince: number | null;
  /** Null: the webhook stays enabled. */
  disable: DisabledReason | null;
}

/** How long nothing may have been delivered before a webhook is disabled: longer than one delivery is retried. */
const FAILING_MS = 5 * 86_400_000;

/**
 * Judges an attempt.
 *
 * @param before how many attempts came before, and since when all of the webhook's attempts have failed (null: the last one
 *   succeeded)
 * @param now ms since the epoch
 */
export function judgeAttempt(
  result: AttemptResult,
  before: { attempts: number; failingSince: number | null },
  now: number,
): Judgement {
  if (result.kind === "delivered") {
    return { state: "delivered", nextAttemptAt: null, failingSince: null, disable: null };
  }
  const next = nextAttemptAt(before.attempts + 1, now);
  const failingSince = before.failingSince ?? now;
  const failing = now - failingSince >= FAILING_MS ? "failing" : null;
  return {
    state: next === null ? "failed" : "pending",
    nextAttemptAt: next,
    failingSince,
    disable: result.status === 410 ? "gone" : failing,
  };
}
