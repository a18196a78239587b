import { type AccountDocument, type Bar, barOf } from "../accounts/account-document.ts";
import type { AccountTable } from "../accounts/account-table.ts";
import type { HostTable } from "../hostnames/host-table.ts";
import type { Settings } from "../settings.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { TableUnavailable, type WaitUntil, type ZoneTable } from "../zones/zone-table.ts";
import { answer } from "./answer/answer.ts";
import { withErrorPage } from "./answer/error-page.ts";
import { failure } from "./answer/failure.ts";
import { optionsOf } from "./answer/options.ts";
import { policyAnswer, wordOf } from "./answer/policy-answer.ts";
import { keepPrivate } from "./answer/private-until.ts";
import { type RefusalReason, refuse } from "./answer/refusal.ts";
import { type Replay, replay } from "./answer/replay.ts";
import { type Answer, AT_ONCE_BYTES, type SendContext, send, toResponse, type Usage } from "./answer/send.ts";
import { addServerTiming } from "./answer/server-timing.ts";
import { type StoredBody, storedBody } from "./answer/stored-body.ts";
import { type Watching, watchOf } from "./answer/watch.ts";
import { streamBlob } from "./body/stream-blob.ts";
import type { Memory } from "./cache/memory.ts";
import type { Exchange, Filling, Notes } from "./fill/exchange.ts";
import type { Outcome } from "./fill/outcome.ts";
import { passPreflight, passUnsafe } from "./fill/pass.ts";
import { read, readFresh, readStored } from "./fill/read.ts";
import type { ClientRates } from "./policy/client-rates.ts";
import type { Judging, Ruling } from "./policy/judge.ts";
import { allowedMethods } from "./request/admission.ts";
import type { Route, Routes } from "./request/routes.ts";
import type { Target } from "./request/target.ts";
import { courseOf, exchangesOf, rulingOn, targetOfRequest, type Visit } from "./visit.ts";

/** What the edge works with, once for each isolate. */
export interface Edge extends Filling, Judging {
  rates: ClientRates;
  routes: Routes;
  hostnames: HostTable;
  zones: ZoneTable;
  accounts: AccountTable;
  memory: Memory;
  usage: Usage;
  watching: Watching;
  settings: Pick<Settings, "edgeDomains">;
}

/**
 * Serves a request for a zone: zone → account → policy and target → what is hot; else admission → outcome → answer. No promise
 * is made on the way of a request for something hot, see {@link replay}.
 *
 * @param zoneId which zone of that name is meant; null: whichever has it
 */
export function serve(
  request: Request,
  route: Route,
  zoneName: string,
  edge: Edge,
  waitUntil: WaitUntil,
  zoneId: string | null = null,
): Response | Promise<Response> {
  const visit: Visit = { request, route, now: Date.now(), waitUntil, zoneId };
  const zone = orUnavailable(edge.zones.lookup(zoneName, visit.now, waitUntil));
  return zone instanceof Promise ? zone.then((known) => serveZone(visit, known, edge)) : serveZone(visit, zone, edge);
}

function serveZone(visit: Visit, zone: ZoneDocument | null | "unavailable", edge: Edge): Response | Promise<Response> {
  const { request, now, waitUntil } = visit;
  if (zone === "unavailable") return toResponse(refuse("zone-table", request));
  if (zone === null) return toResponse(refuse("unknown-zone", request));
  // The zone that the hostname leads to has gone, and another has its name.
  if (visit.zoneId !== null && zone.id !== visit.zoneId) return toResponse(refuse("unknown-host", request));
  const account = orUnavailable(edge.accounts.lookup(zone.account, now, waitUntil));
  if (!(account instanceof Promise)) return serveAccount(visit, zone, account, edge);
  return account.then((known) => serveAccount(visit, zone, known, edge));
}

function serveAccount(
  visit: Visit,
  zone: ZoneDocument,
  account: AccountDocument | "unavailable",
  edge: Edge,
): Response | Promise<Response> {
  if (account === "unavailable") return toResponse(refuse("zone-table", visit.request, zone));
  const bar = barOf(account, zone.mode, visit.now);
  const ruling = rulingOn(visit, zone, bar, edge);
  if (!(ruling instanceof Promise)) return serveRuled(visit, ruling, bar, account, edge);
  return ruling.then((known) => serveRuled(visit, known, bar, account, edge));
}

function serveRuled(
  visit: Visit,
  ruling: Ruling,
  accountBar: Bar | null,
  account: AccountDocument,
  edge: Edge,
): Response | Promise<Response> {
  const { request, now, waitUntil } = visit;
  const { zone } = ruling;
  const { memory, store, usage, stalledMs } = edge;
  const target = targetOfRequest(request, ruling);
  const watch = watchOf(edge.watching, ruling.document, account, now);
  const { url } = ruling.route;
  const bar = accountBar ?? (target.takedown === null ? null : "taken-down");
  const isOpen = bar === null && ruling.answer === null && zone.state === "active";
  const hot = isOpen ? memory.get(target.key) : null;
  const again = hot !== null && usage.settle === null ? replay(hot, request, zone, now) : null;
  if (again !== null) {
    const { body, size } = again;
    const fields = fieldsFor(again, ruling, now);
    usage.countRequest(zone, target.path, "HIT", fields.status, size, now, waitUntil);
    watch?.note({ request, url, target, ...fields, xCache: "HIT", bytes: size, now }, waitUntil);
    return new Response(body && streamBlob(body, size, stalledMs), fields);
  }
  const asked = { request, url, target };
  const context: SendContext = { zone, now, usage, stalledMs, waitUntil, watch, asked };
  const failed = (error: unknown) => send(failure(request, error, zone), context);
  const answerAnew = () =>
    bar === null ? pageOrAnswer(visit, ruling, target, edge) : barred(bar, request, zone, target, account, now);
  try {
    const known = isOpen && hot === null ? store.recall(target.key) : null;
    const stored = known && replay(known, request, zone, now);
    if (stored) {
      const reading = storedBody(store, target.key, known, stored);
      return sendStored({ ...stored, fields: fieldsFor(stored, ruling, now) }, reading, answerAnew, context).catch(
        failed,
      );
    }
    const answered = answerAnew();
    if (!(answered instanceof Promise)) return send(answered, context);
    return answered.then((given) => send(given, context)).catch(failed);
  } catch (error) {
    return failed(error);
  }
}

/** Sends an answer made ready with its body from the store; where that has something else by now, one that is made anew. */
async function sendStored(
  { fields, size }: Replay,
  reading: Promise<StoredBody | null>,
  answerAnew: () => Answer | Promise<Answer>,
  context: SendContext,
): Promise<Response> {
  const found = await reading;
  if (found === null) return send(await answerAnew(), context);
  const { zone, asked, now, usage, waitUntil, watch } = context;
  const { body } = found;
  if (size > AT_ONCE_BYTES || usage.settle !== null) {
    return send({ ...fields, body, isOnTheWay: false, tally: null, xCache: "HIT" }, context);
  }
  usage.countRequest(zone, asked.target.path, "HIT", fields.status, size, now, waitUntil);
  watch?.note({ ...asked, ...fields, xCache: "HIT", bytes: size, now }, waitUntil);
  return new Response(body, fields);
}

/** The answer to what nothing bars: of an error the zone's own page, where it has one. */
function pageOrAnswer(visit: Visit, ruling: Ruling, target: Target, edge: Edge): Answer | Promise<Answer> {
  const { request } = visit;
  const { zone } = ruling;
  const answered = answerTo(visit, ruling, target, edge);
  if (answered instanceof Promise) return answered.then((given) => withErrorPage(given, request, zone));
  return withErrorPage(answered, request, zone);
}

/** What is answered of what is barred, whatever is asked of it. */
function barred(
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

/** Decides what is done with a request that nothing hot answers, does it, and answers once. */
function answerTo(visit: Visit, ruling: Ruling, target: Target, edge: Edge): Answer | Promise<Answer> {
  const { request, now, waitUntil } = visit;
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

  // Its objects change by unsafe methods, which only the store forgets for all isolates of a place.
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
    keepPrivate(given.headers, until - now);
    return given;
  });
}

/** The fields of an answer that was made ready; those of one whose right to it ends are one client's own. */
function fieldsFor({ fields }: Replay, { until, zone }: Ruling, now: number): Replay["fields"] {
  const { server_timing: saysTiming } = zone.settings;
  if (until === null && !saysTiming) return fields;
  const headers = new Headers(fields.headers);
  if (until !== null) keepPrivate(headers, until - now, fields.targeted);
  if (saysTiming) addServerTiming(headers, null, now);
  return { ...fields, headers };
}

/**
 * A read that has passed other networks has a key of its own, since its origin sees which. What is fresh under everybody's key
 * asks no origin, and is for it as well.
 */
async function answerFromNetwork(exchange: Exchange, asOthers: Exchange): Promise<Answer> {
  const fresh = await readFresh(asOthers);
  return fresh === null ? answerOutcome(exchange, read(exchange)) : answerOutcome(asOthers, fresh);
}

const OUTCOMES = { read, preflight: passPreflight, unsafe: passUnsafe } as const;

/** The one place where what came of a request becomes an answer, and where what was opened in vain is let go of. */
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

/** What was looked up, or that it cannot be just now. */
export function orUnavailable<Found>(found: Found | Promise<Found>): Found | Promise<Found | "unavailable"> {
  if (!(found instanceof Promise)) return found;
  return found.catch((error: unknown) => {
    if (error instanceof TableUnavailable) return "unavailable" as const;
    throw error;
  });
}
