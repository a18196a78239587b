import { type AccountDocument, type Bar, barOf } from "../accounts/account-document.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import type { WaitUntil } from "../zones/zone-table.ts";
import { failure } from "./answer/failure.ts";
import { keepPrivate } from "./answer/private-until.ts";
import { refuse } from "./answer/refusal.ts";
import { type Replay, replay } from "./answer/replay.ts";
import { type Answer, AT_ONCE_BYTES, type SendContext, send, toResponse } from "./answer/send.ts";
import { addServerTiming } from "./answer/server-timing.ts";
import { type StoredBody, storedBody } from "./answer/stored-body.ts";
import { watchOf } from "./answer/watch.ts";
import { barred, pageOrAnswer } from "./answer-to.ts";
import { streamBlob } from "./body/stream-blob.ts";
import { type Edge, orUnavailable } from "./edge.ts";
import type { Ruling } from "./policy/judge.ts";
import type { Route } from "./request/routes.ts";
import { rulingOn, targetOfRequest, type Visit } from "./visit.ts";

/**
 * Serves a request for a zone: zone → account → policy and target → what is hot; else admission → outcome → answer. A request
 * for something hot creates no promise on its way, see {@link replay}.
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
  // The zone that the hostname led to has gone, and another one has its name.
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

/**
 * Sends an answer that was made ready, with its body from the store. If the store has something else by now, the answer is made
 * anew.
 */
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

/** The fields of an answer that was made ready. If the client's right to it ends, they make it that client's own. */
function fieldsFor({ fields }: Replay, { until, zone }: Ruling, now: number): Replay["fields"] {
  const { server_timing: saysTiming } = zone.settings;
  if (until === null && !saysTiming) return fields;
  const headers = new Headers(fields.headers);
  if (until !== null) keepPrivate(headers, until - now, fields.targeted);
  if (saysTiming) addServerTiming(headers, null, now);
  return { ...fields, headers };
}
