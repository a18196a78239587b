import type { Bar } from "../../accounts/account-document.ts";
import { type CacheStatus, formatCacheStatus } from "../../http/cache-status.ts";
import type { Decision, OriginReport } from "../../why/report.ts";
import type { CacheWord } from "../../why/words.ts";
import { wordOf } from "../answer/policy-answer.ts";
import { type RefusalReason, statusOf } from "../answer/refusal.ts";
import type { Lookup } from "../cache/lookup.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import { coalescingKeyOf } from "../fill/coalescing-key.ts";
import type { Exchange } from "../fill/exchange.ts";
import { courseOfAsking, courseOfForward, type Unusable } from "../fill/forward-course.ts";
import { forwardReason, hit, missed, notKept, type Provenance } from "../fill/provenance.ts";
import { courseOfRead, isBypassed, provenanceOfStored } from "../fill/read.ts";
import type { PolicyAnswer } from "../policy/judge.ts";
import type { Course } from "../visit.ts";
import type { Examined } from "./examine-origin.ts";
import { told, toldIn } from "./told.ts";

/** What the edge does with a request, up to asking its origin. */
export function decide(
  barred: Bar | "taken-down" | null,
  course: Course,
  exchange: Exchange,
  lookup: Lookup,
): Decision {
  if (barred !== null) return refused(barred);
  switch (course.kind) {
    case "policy":
      return policyDecision(course.answer);
    case "refused":
      return refused(course.reason);
    case "options":
      return { kind: "answer", status: 204, asks_origin: false, cache_status: "", word: null };
    case "preflight":
    case "unsafe":
      return asking("pass", { fwd: "method" }, null);
    case "stored": {
      const provenance = provenanceOfStored(lookup);
      return lookup.kind === "miss" || provenance === null ? refused("maintenance") : given(lookup.stored, provenance);
    }
    case "read":
      return readDecision(exchange, lookup);
    default:
      return course satisfies never;
  }
}

function readDecision(exchange: Exchange, lookup: Lookup): Decision {
  if (isBypassed(exchange)) return exchange.directives.onlyIfCached ? refused("only-if-cached") : passed("rule");
  const course = courseOfRead(exchange, lookup);
  switch (course.kind) {
    case "uncached":
      return refused("only-if-cached");
    case "give":
      return { ...given(course.stored, course.provenance), asks_origin: course.refreshes };
    case "forward":
      return forwardDecision(exchange, course.found);
    default:
      return course satisfies never;
  }
}

function forwardDecision(exchange: Exchange, found: Unusable): Decision {
  const course = courseOfForward(exchange, found);
  if (course.kind === "failed") return failedDecision(found, course.failure.reason);
  if (course.kind === "pass") return passed(course.word);
  const fwd = forwardReason(found);
  const isLed = !exchange.directives.noStore && exchange.coalescing.leaderOf(coalescingKeyOf(exchange), exchange.now);
  if (isLed) return asking("wait", { fwd, collapsed: true }, null);
  const how = courseOfAsking(exchange, found);
  switch (how.kind) {
    case "pass":
      return passed(how.word);
    case "stale":
      return given(how.found.stored, hit("STALE", how.found.use, how.word));
    case "fill": {
      const isPurged = found.kind === "miss" && found.reason === "purged";
      return asking(found.kind === "found" ? "validate" : "fetch", { fwd }, isPurged ? "purged" : null);
    }
    default:
      return how satisfies never;
  }
}

/** The decision once the origin has answered. */
export function withAnswer(
  decided: Decision,
  lookup: Lookup,
  judged: Examined["judged"],
  { failure }: Pick<OriginReport, "failure">,
): Decision {
  if (judged === null) {
    const isAsked = decided.kind === "fetch" || decided.kind === "validate" || decided.kind === "pass";
    return isAsked && failure !== null ? failedDecision(lookup, failure.word as RefusalReason) : decided;
  }
  if (decided.kind === "pass") return { ...decided, status: judged.stored.status };
  if (decided.kind !== "fetch") return decided;
  const { stored, verdict } = judged;
  const provenance = verdict.store
    ? missed(lookup, stored, STRAIGHT)
    : notKept(lookup, stored, verdict.reason, STRAIGHT);
  const { detail } = provenance.cacheStatus;
  return {
    ...decided,
    status: stored.status,
    cache_status: formatCacheStatus(provenance.cacheStatus),
    word: toldIn(detail),
  };
}

/** The origin is asked directly, without the tier. */
const STRAIGHT = { above: null, aboveMs: null, age: null };

function failedDecision(found: Lookup, reason: RefusalReason): Decision {
  if (found.kind === "found" && found.use.kind === "validate" && found.use.staleIfError)
    return given(found.stored, hit("STALE", found.use, "stale-if-error"));
  return refused(reason);
}

function policyDecision(answer: PolicyAnswer): Decision {
  switch (answer.kind) {
    case "redirect":
    case "robots": {
      const status = answer.kind === "redirect" ? answer.status : 200;
      const cache_status = formatCacheStatus({ detail: answer.kind });
      return { kind: "answer", status, asks_origin: false, cache_status, word: told(answer.kind) };
    }
    case "denied":
      return { ...refused("denied"), status: answer.status };
    default:
      return refused(wordOf(answer)!);
  }
}

function given({ status }: StoredResponse, { cacheStatus, xCache }: Provenance): Decision {
  const word = toldIn(cacheStatus.detail);
  const kind = xCache === "STALE" ? "stale" : "hit";
  return { kind, status, asks_origin: false, cache_status: formatCacheStatus(cacheStatus), word };
}

function passed(word: CacheWord): Decision {
  return asking("pass", { fwd: "bypass" }, word);
}

function asking(kind: Decision["kind"], status: CacheStatus, word: CacheWord | null): Decision {
  const cache_status = formatCacheStatus({ ...status, ...(word !== null && { detail: word }) });
  return { kind, status: null, asks_origin: true, cache_status, word: word === null ? null : told(word) };
}

function refused(word: RefusalReason): Decision {
  const cache_status = formatCacheStatus({ detail: word });
  return { kind: "refuse", status: statusOf(word), asks_origin: false, cache_status, word: told(word) };
}
