import type { ZoneDocument } from "../../zones/zone.ts";
import type { PolicyAnswer } from "../policy/judge.ts";
import { type RefusalReason, refuse } from "./refusal.ts";
import { ruledAnswer } from "./ruled-answer.ts";
import type { Answer } from "./send.ts";

/** The answer that a zone's policy gives in place of what was asked for. */
export function policyAnswer(answer: PolicyAnswer, request: Request, zone: ZoneDocument): Answer {
  if (answer.kind === "denied" || answer.kind === "redirect" || answer.kind === "robots")
    return ruledAnswer(answer, request, zone);
  if (answer.kind === "refused") return refuse(answer.reason, request, zone);
  return refuse(answer.kind, request, zone, { "retry-after": String(answer.wait) });
}

/** The word for a refusal by the policy, in `Cache-Status` and in usage; null: it is not a refusal. */
export function wordOf(answer: PolicyAnswer): RefusalReason | null {
  if (answer.kind === "redirect" || answer.kind === "robots") return null;
  return answer.kind === "refused" ? answer.reason : answer.kind;
}
