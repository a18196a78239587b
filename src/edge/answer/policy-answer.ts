import type { ZoneDocument } from "../../zones/zone.ts";
import type { PolicyAnswer } from "../policy/judge.ts";
import { type RefusalReason, refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";

/** The answer of a zone's policy, in the place of what was asked for. */
export function policyAnswer(answer: PolicyAnswer, request: Request, zone: ZoneDocument): Answer {
  const wait = answer.kind === "rate-limited" ? { "retry-after": String(answer.wait) } : {};
  return refuse(wordOf(answer), request, zone, wait);
}

/** The word for a refusal of the policy, in `Cache-Status` and in usage. */
export function wordOf(answer: PolicyAnswer): RefusalReason {
  return answer.kind === "refused" ? answer.reason : answer.kind;
}
