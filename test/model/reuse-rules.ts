import { cacheControl, governing, list, unlimited } from "./directives.ts";
import { sendSame } from "./forwarded.ts";
import type { Answer, Journal, OriginExchange, RecordedPurge, Step } from "./journal.ts";
import { comparable, isPage, isUnsharedData, seesField, spelled } from "./resource.ts";
import { HEURISTIC_STATUSES, leastAge, type ModelResponse, saidUpToEach, staleAllowance } from "./stored.ts";

/** Statuses whose caching rules a cache can be expected to know, for must-understand. */
const UNDERSTOOD = new Set([...HEURISTIC_STATUSES, 302, 303, 307, 400, 403, 500, 502, 503, 504]);

/** What is wrong with using this response for this request, where the origin has not been asked about it. */
export function* reuseFaults(step: Step, answer: Answer, response: ModelResponse, journal: Journal): Iterable<string> {
  yield* storageFaults(step, answer, response, journal);
  yield* varyFaults(step, response);
  yield* listedFaults(step, response);
  yield* purgeFaults(step, response, journal);
  yield* invalidationFaults(step, response, journal);
  yield* staleFaults(step, response, journal);
  const age = answer.headers.get("age");
  const least = leastAge(response, step.startedAt);
  if (age === null || !/^\d+$/.test(age)) yield `RFC 9111 §4: a reused response needs an Age, not ${age}`;
  else if (Number(age) < least) yield `RFC 9111 §4.2.3: Age ${age} is less than ${least}`;
  const ttl = /; hit; ttl=(-?\d+)/.exec(answer.headers.get("cache-status") ?? "")?.[1];
  if (ttl !== undefined && Number(ttl) > response.lifetime - least) yield `Cache-Status: ttl=${ttl} is too much`;
}

/** Whether each part of it could be stored at all (RFC 9111 §3). */
function* storageFaults(step: Step, answer: Answer, response: ModelResponse, journal: Journal): Iterable<string> {
  const { base, chain, directives } = response;
  if (base.method !== "GET" && !isPostOfItself(step, response)) yield `the answer to ${base.method} is used again`;
  if (base.defect !== null) yield `RFC 9111 §3.3: an incomplete response (${base.defect}) is used again`;
  if ([0, 304, 412, 416].includes(base.status)) yield `a ${base.status} is used again`;
  if (response.status === 206 && !isWithinPart(answer, base)) yield "RFC 9111 §3.3: a part is used as more than it is";
  if (unlimited(directives, "private")) yield "RFC 9111 §5.2.2.7: a private response is shared";
  if (directives.has("no-store") && !(directives.has("must-understand") && UNDERSTOOD.has(base.status))) {
    yield "RFC 9111 §5.2.2.5: no-store was stored";
  }
  const hasReason = response.isExplicit || directives.has("public") || HEURISTIC_STATUSES.has(base.status);
  if (!hasReason) yield `RFC 9111 §3: nothing lets a ${base.status} be stored`;
  for (const said of base.status < 300 ? [base.headers, response.headers] : []) {
    if (isPage(step.path, said)) yield "a page was stored for an asset";
    if (isUnsharedData(step.path, said)) yield "JSON that nobody shares was stored for an asset";
  }
  for (const exchange of chain) yield* requestFaults(exchange, step, journal);
  yield* privacyFaults(response);
  for (const name of ["private", "no-cache"]) {
    const isLimited = directives.get(name)?.includes("x-private");
    if (isLimited && answer.headers.has("x-private"))
      yield `RFC 9111 §5.2.2.4, §5.2.2.7: a field that ${name} names is shared`;
  }
}

/** What was answered to credentials or a cookie goes to others only where the origin says so. */
function* privacyFaults(response: ModelResponse): Iterable<string> {
  for (const { exchange, headers } of saidUpToEach(response)) {
    const { directives, targeted } = governing(headers);
    const says = (...names: string[]) => names.some((name) => directives.has(name));
    if (exchange.request.has("authorization") && !says("public", "must-revalidate", "s-maxage"))
      yield `RFC 9111 §3.5: #${exchange.id} was authorized for one`;
    const varies = list(headers.get("vary")?.toLowerCase() ?? null).includes("cookie");
    if (exchange.request.has("cookie") && !(targeted || says("public", "s-maxage") || varies))
      yield `#${exchange.id} was made for a cookie, and nothing says that it may be shared`;
  }
}

/** RFC 9111 §3.3: a stored part answers for what lies in it; a 304 tells of no byte. */
function isWithinPart({ status, headers }: Answer, { headers: said }: OriginExchange): boolean {
  const bounds = (field: string | null) =>
    /^bytes (\d+)-(\d+)\//
      .exec(field ?? "")
      ?.slice(1)
      .map(Number);
  const [asked, stored] = [bounds(headers.get("content-range")), bounds(said.get("content-range"))];
  if (status === 304 || asked === undefined || stored === undefined) return status === 304;
  return asked[0]! >= stored[0]! && asked[1]! <= stored[1]!;
}

/** What the zone lists, and the networks that a request has passed, were the same in each request that it is made of. */
export function* listedFaults(step: Step, { chain }: ModelResponse): Iterable<string> {
  const { headers: listed } = step.settings.forward;
  const sent = (name: string, value: string | null) => (value === null ? "(none)" : spelled(name, value));
  for (const { id, request } of chain) {
    for (const name of listed === "all" ? [] : listed) {
      const [wanted, given] = [sent(name, step.headers.get(name)), sent(name, request.get(name))];
      if (wanted !== given) yield `${name} is "${wanted}", and #${id} was asked with "${given}"`;
    }
    const passed = request.get("cdn-loop")?.split(", ").slice(0, -1).join(", ") ?? "";
    // What was fetched for nobody who has passed others is for all.
    if (passed !== "" && passed !== step.headers.get("cdn-loop")) yield `#${id} has passed "${passed}"`;
  }
}

/** RFC 9110 §9.3.3: with explicit freshness and its target in Content-Location, the answer to a POST stands for a GET's. */
function isPostOfItself({ path, query }: Step, { base, isExplicit }: ModelResponse): boolean {
  const location = base.headers.get("content-location");
  if (base.method !== "POST" || !isExplicit || location === null) return false;
  const { pathname, search } = new URL(location, `http://zone${base.resource}`);
  return pathname + search === path + query;
}

/** What the requests that filled it say. */
function* requestFaults(exchange: OriginExchange, step: Step, journal: Journal) {
  const client = journal.steps.get(exchange.step);
  if (client !== undefined && cacheControl(client.headers.get("cache-control")).has("no-store")) {
    yield `RFC 9111 §5.2.1.5: #${exchange.id} answers a no-store request and was stored`;
  }
  if (step.settings.forward.authorization === false && exchange.request.has("authorization")) {
    yield `#${exchange.id}: Authorization reached the origin`;
  }
}

/** RFC 9111 §4.1. */
export function* varyFaults(step: Step, { headers, last }: ModelResponse): Iterable<string> {
  for (const field of list(headers.get("vary")?.toLowerCase() ?? null)) {
    if (field === "*") yield "RFC 9111 §4.1: Vary: * matches nothing";
    if (!seesField(field, step.settings)) continue;
    const [wanted, given] = [comparable(field, step.headers.get(field)), comparable(field, last.request.get(field))];
    if (wanted !== given) yield `RFC 9111 §4.1: ${field} is "${wanted}", the stored one is for "${given}"`;
  }
}

export function isPurgeOf(purge: RecordedPurge, step: Step, response: ModelResponse): boolean {
  if (purge.zone !== step.zone) return false;
  const before = response.chain.filter(({ requestedSeq }) => requestedSeq < purge.startedSeq);
  const tagged = before.reverse().find(({ headers }) => tagsOf(headers).length > 0);
  switch (purge.kind) {
    case "everything":
      return true;
    case "path":
      return purge.value === step.path;
    case "url":
      return purge.value === step.path + step.query;
    case "prefix":
      return step.path.startsWith(purge.value);
    case "tag":
      return tagged !== undefined && tagsOf(tagged.headers).includes(purge.value);
    default:
      return purge.kind satisfies never;
  }
}

function tagsOf(headers: Headers): string[] {
  return [...list(headers.get("cache-tag")), ...(headers.get("surrogate-key") ?? "").split(" ").filter(Boolean)];
}

function* purgeFaults(step: Step, response: ModelResponse, journal: Journal): Iterable<string> {
  for (const purge of journal.purges) {
    if (purge.soft || purge.acknowledgedSeq > step.startedSeq || !isPurgeOf(purge, step, response)) continue;
    if (response.base.requestedSeq < purge.startedSeq)
      yield `purged (${purge.kind} ${purge.value}) before it was asked for`;
  }
}

/** RFC 9111 §4.4: what was stored before an unsafe request succeeded is not used without validation after it. */
function* invalidationFaults(step: Step, { last }: ModelResponse, journal: Journal): Iterable<string> {
  const filler = journal.steps.get(last.step);
  for (const { by, keys } of journal.invalidations) {
    // Who comes through other networks has keys of its own, which an unsafe request cannot know.
    if (by.headers.get("cdn-loop") !== step.headers.get("cdn-loop")) continue;
    if (by.zone !== step.zone || by.endedSeq > step.startedSeq || !keys.includes(step.path + step.query)) continue;
    // A fill that was still under way when the unsafe request began may land before or after it.
    const settled = Math.max(last.endedSeq, filler?.endedSeq ?? Number.POSITIVE_INFINITY);
    if (settled < by.startedSeq) yield `RFC 9111 §4.4: request ${by.id} (${by.method}) has invalidated it`;
  }
}

/** RFC 9111 §4.2, §4.2.4, RFC 5861. */
function* staleFaults(step: Step, response: ModelResponse, journal: Journal): Iterable<string> {
  const { directives, isOverridden, lifetime, last } = response;
  if (!isOverridden && unlimited(directives, "no-cache"))
    yield "RFC 9111 §5.2.2.4: no-cache was used without validation";
  let staleness = leastAge(response, step.startedAt) - lifetime;
  for (const purge of journal.purges) {
    if (!purge.soft || purge.acknowledgedSeq > step.startedSeq || !isPurgeOf(purge, step, response)) continue;
    if (last.requestedSeq > purge.startedSeq) continue;
    staleness = Math.max(staleness, Math.floor((step.startedAt - purge.at) / 1000));
  }
  if (staleness < 0) return;
  const { atOnce, onError } = staleAllowance(response, step.settings);
  if (staleness < atOnce) return;
  if (staleness >= onError)
    yield `RFC 9111 §4.2.4: stale for ${staleness} s, allowed ${atOnce} s, on errors ${onError} s`;
  else if (!hasFailed(step, journal)) yield `RFC 9111 §4.2.4: stale for ${staleness} s although no request has failed`;
}

/** How long a failure answers for a resource, ms. */
const FAILURE_MS = 2_000;

/**
 * Whether the origin has failed on this resource for this request, or just before it for one that sent it the same
 * (RFC 5861 §4). A small body that broke before its client got any of it has failed for this request alone.
 */
export function hasFailed(step: Step, journal: Journal): boolean {
  return [...journal.exchanges.values()].some(
    (exchange) =>
      (exchange.step === step.id
        ? isFailure(exchange) || exchange.defect !== null
        : isFailure(exchange) && isAskedAlike(step, exchange, journal)) &&
      exchange.requestedSeq < step.endedSeq &&
      exchange.answeredAt > step.startedAt - FAILURE_MS,
  );
}

export function hasFailedItself(step: Step, journal: Journal): boolean {
  return journal.madeFor(step).some(isFailure);
}

/** RFC 9110 §15.3.7, §15.4.5: what answers a question that nobody has asked is no answer either. */
function isFailure({ status, method, request }: OriginExchange): boolean {
  if (status === 0 || status === 429 || status >= 500) return true;
  if (status === 206) return !request.has("range");
  const isRead = method === "GET" || method === "HEAD";
  return status === 304 && isRead && !request.has("if-none-match") && !request.has("if-modified-since");
}

/** Whether the origin was asked for the same, and was shown the same of the client. */
function isAskedAlike(step: Step, { resource, method, step: by }: OriginExchange, journal: Journal): boolean {
  if (resource !== step.path + step.query || (method !== "GET" && method !== "HEAD")) return false;
  return sendSame(journal.steps.get(by)!, step);
}

/** Who waits, waits for one that sends the origin the same: what it brings, or what is in the store when it is there. */
export function* collapsedFaults(step: Step, { last }: ModelResponse, journal: Journal): Iterable<string> {
  const awaited = [last, ...journal.exchanges.values()].some(
    (exchange) =>
      exchange.step !== step.id &&
      isAskedAlike(step, exchange, journal) &&
      exchange.requestedSeq < step.endedSeq &&
      (exchange === last || exchange.answeredAt > step.startedAt - FAILURE_MS),
  );
  if (!awaited) yield "it has waited for a request that sends the origin something else";
}
