import { describe, expect, it } from "vitest";
import type { AttemptResult } from "../../../src/records/webhooks/attempt.ts";
import { type Judgement, judgeAttempt } from "../../../src/records/webhooks/judge-attempt.ts";

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const failed = (status: number | null): AttemptResult => ({ kind: "failed", status, reason: "no" });

describe("judgeAttempt()", () => {
  it.each<[string, AttemptResult, { attempts: number; failingSince: number | null }, Judgement]>([
    [
      "a delivery ends the failing",
      { kind: "delivered", status: 204 },
      { attempts: 3, failingSince: NOW - 9 * DAY },
      { state: "delivered", nextAttemptAt: null, failingSince: null, disable: null },
    ],
    [
      "a first failure begins it",
      failed(500),
      { attempts: 0, failingSince: null },
      { state: "pending", nextAttemptAt: NOW + 5_000, failingSince: NOW, disable: null },
    ],
    [
      "later failures leave its beginning",
      failed(null),
      { attempts: 1, failingSince: NOW - 5_000 },
      { state: "pending", nextAttemptAt: NOW + 300_000, failingSince: NOW - 5_000, disable: null },
    ],
    [
      "the tenth failure is the last",
      failed(302),
      { attempts: 9, failingSince: NOW - DAY },
      { state: "failed", nextAttemptAt: null, failingSince: NOW - DAY, disable: null },
    ],
    [
      "a moment less than five days of failing are borne",
      failed(500),
      { attempts: 0, failingSince: NOW - 5 * DAY + 1 },
      { state: "pending", nextAttemptAt: NOW + 5_000, failingSince: NOW - 5 * DAY + 1, disable: null },
    ],
    [
      "five days are not",
      failed(500),
      { attempts: 0, failingSince: NOW - 5 * DAY },
      { state: "pending", nextAttemptAt: NOW + 5_000, failingSince: NOW - 5 * DAY, disable: "failing" },
    ],
    [
      "410 disables at once; the delivery waits",
      failed(410),
      { attempts: 0, failingSince: null },
      { state: "pending", nextAttemptAt: NOW + 5_000, failingSince: NOW, disable: "gone" },
    ],
  ])("%s", (_, result, before, judgement) => {
    expect(judgeAttempt(result, before, NOW)).toEqual(judgement);
  });
});
