import type { AccountDocument, Bar } from "../accounts/account-document.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { answer } from "./answer/answer.ts";
import { withErrorPage } from "./answer/error-page.ts";
import { optionsOf } from "./answer/options.ts";
import { policyAnswer, wordOf } from "./answer/policy-answer.ts";
import { keepPrivate } from "./answer/private-until.ts";
import { type RefusalReason, refuse } from "./answer/refusal.ts";
import type { Answer } from "./answer/send.ts";
import { addServerTiming } from "./answer/server-timing.ts";
import type { Edge } from "./edge.ts";
import type { Exchange, Notes } from "./fill/exchange.ts";
import type { Outcome } from "./fill/outcome.ts";
import { passPreflight, passUnsafe } from "./fill/pass.ts";
import { read, readFresh, readStored } from "./fill/read.ts";
import type { Ruling } from "./policy/judge.ts";
import { allowedMethods } from "./request/admission.ts";
import type { Target } from "./request/target.ts";
import { courseOf, exchangesOf, type Visit } from "./visit.ts";

/** The answer to a request that nothing bars. An error gets the zone's own page, where there is one. */
export function pageOrAnswer(visit: Visit, ruling: Ruling, target: Target, edge: Edge): Answer | Promise<Answer> {
  const { request } = visit;
  const { zone } = ruling;
  const answered = answerTo(visit, ruling, target, edge);
  if (answered instanceof Promise) return answered.then((given) => withErrorPage(given, request, zone));
  return withErrorPage(answered, request, zone);
}

/** The answer to a request that is barred, whatever it asks for. */
export function barred(
  bar: Bar | "taken-down",
  request: Request,
  zone: ZoneDocument,
  { takedown }: Target,
  { stoppedUntil }: AccountDocument,
  now: number,
): Answer {
  switch (bar) {
    case "suspended-account":
      return refuse(bar, request, zone);
    case "over-quota":
      return refuse(bar, request, zone, { "retry-after": String(Math.ceil((stoppedUntil! - now) / 1000)) });
    case "taken-down":
      return refuse(bar, request, zone, {}, { reference: takedown! });
    default:
      return bar satisfies never;
  }
}

/** Decides what to do with a request that nothing hot answers, does it, and answers once. */
function answerTo(visit: Visit, ruling: Ruling, target: Target, edge: Edge): Answer | Promise<Answer> {
  const { request, waitUntil } = visit;
  const { zone, until } = ruling;
  const course = courseOf(request, ruling);
  if (course.kind === "policy") {
    const word = wordOf(course.answer);
    if (word !== null) edge.usage.countRefusal(zone, word, waitUntil);
    return policyAnswer(course.answer, request, zone);
  }
  if (course.kind === "refused") {
    const allow = course.reason === "method-not-allowed" ? { allow: allowedMethods(zone) } : {};
    return refuse(course.reason, request, zone, course.reason === "maintenance" ? retryAfterOf(zone) : allow);
  }
  if (course.kind === "options") return optionsOf(request, zone);

  // Unsafe methods change this zone's objects, and only the store can forget them for all isolates of a location.
  if (zone.settings.methods === "all") edge.memory.delete(target.key);
  const notes: Notes = {
    noteFailure: (reason) => edge.usage.countFailure(zone, reason, waitUntil),
    noteOrigin: {
      asked: (firstByteMs) => edge.usage.countOrigin(zone, firstByteMs, waitUntil),
      received: (bytes) => edge.usage.countOriginBytes(zone, bytes, waitUntil),
    },
  };
  const { exchange, asOthers } = exchangesOf(visit, ruling, target, course, edge, notes);
  const answering =
    course.kind === "stored"
      ? answerOutcome(asOthers, readStored(asOthers))
      : course.kind === "read" && exchange.target !== asOthers.target
        ? answerFromNetwork(exchange, asOthers)
        : answerOutcome(exchange, OUTCOMES[course.kind](exchange));
  if (until === null) return answering;
  return answering.then((given) => {
    // Some of that time has passed since the request arrived.
    keepPrivate(given.headers, until - Date.now());
    return given;
  });
}

/**
 * A read that came through other networks has a key of its own, since its origin sees which ones. What is fresh under the
 * common key asks no origin, so such a read may have it as well.
 */
async function answerFromNetwork(exchange: Exchange, asOthers: Exchange): Promise<Answer> {
  const fresh = await readFresh(asOthers);
  return fresh === null ? answerOutcome(exchange, read(exchange)) : answerOutcome(asOthers, fresh);
}

const OUTCOMES = { read, preflight: passPreflight, unsafe: passUnsafe } as const;

/** The one place where an outcome becomes an answer, and where bodies that were opened in vain are closed. */
async function answerOutcome(exchange: Exchange, coming: Outcome | Promise<Outcome>): Promise<Answer> {
  const { request, zone, bodies } = exchange;
  let sent: unknown = null;
  try {
    const outcome = await coming;
    if (outcome.kind === "refused") {
      const { reason, code } = outcome;
      return refuse(reason, request, zone, retryAfter(reason, zone), code === undefined ? {} : { origin_code: code });
    }
    const given = await answer(exchange, outcome);
    if (zone.settings.server_timing) addServerTiming(given.headers, outcome, exchange.now);
    sent = given.body;
    return given;
  } finally {
    await bodies.closeAllBut(sent);
  }
}

function retryAfter(reason: RefusalReason, zone: ZoneDocument): Record<string, string> {
  if (reason === "origin-busy") return { "retry-after": "1" };
  return reason === "maintenance" ? retryAfterOf(zone) : {};
}

/** RFC 9110 §10.2.3: when clients may come back. */
function retryAfterOf({ settings: { maintenance } }: ZoneDocument): Record<string, string> {
  return { "retry-after": String(maintenance?.retry_after ?? 300) };
}
