import { cacheControl, date, list, seconds } from "./directives.ts";
import { MARK, originFaults } from "./forwarded.ts";
import type { Answer, Journal, Step } from "./journal.ts";
import { isPage } from "./resource.ts";
import { collapsedFaults, hasFailed, hasFailedItself, listedFaults, reuseFaults } from "./reuse-rules.ts";
import { HIDDEN } from "./said.ts";
import { leastAge, type ModelResponse, madeOf } from "./stored.ts";

/** All that is wrong with an answer, by RFC 9110, RFC 9111 and what the zone promises. */
export function faultsOf(step: Step, answer: Answer, journal: Journal): string[] {
  if (answer.broken?.includes("patience")) return ["the answer never ends"];
  if (answer.status === 0) {
    const hasReason = journal.madeFor(step).some(({ defect }) => defect !== null);
    return hasReason ? [] : [`the connection broke: ${answer.broken}`];
  }
  const response = madeOf(answer.headers, journal, step.path, step.settings);
  const isForeign = response === null && [...answer.headers.keys()].some((name) => name.startsWith("x-exchange-"));
  if (isForeign) return ["the answer of another zone's origin"];
  return [
    ...hiddenFaults(step, answer),
    ...journal.madeFor(step).flatMap((exchange) => [...originFaults(exchange, step)]),
    ...markFaults(step, answer),
    ...cookieFaults(step, answer, response, journal),
    ...(response === null ? refusalFaults(step, answer, journal) : responseFaults(step, answer, response, journal)),
  ];
}

function* hiddenFaults({ settings }: Step, { headers }: Answer): Iterable<string> {
  for (const name of HIDDEN) if (headers.has(name)) yield `${name} reaches the client`;
  if (!settings.forward.cookies && headers.has("set-cookie")) yield "Set-Cookie reaches the client";
}

/** What is one client's alone is in no answer to another. */
function* markFaults(step: Step, { headers }: Answer): Iterable<string> {
  for (const [name, value] of headers) {
    for (const [, of] of value.matchAll(MARK)) if (Number(of) !== step.id) yield `${name} tells of request ${of}`;
  }
}

/** A cookie is for the client whose request fetched it: it gets it, and nobody else does. */
function* cookieFaults(step: Step, { headers }: Answer, response: ModelResponse | null, journal: Journal) {
  const own = journal.madeFor(step).map(({ id }) => `session=${id}; Path=/`);
  const sent = headers.getSetCookie();
  for (const cookie of sent) if (!own.includes(cookie)) yield `Set-Cookie: ${cookie} is another client's`;
  if (response === null || response.last.step !== step.id || !step.settings.forward.cookies) return;
  const wanted = response.last.headers.getSetCookie();
  if (String(sent) !== String(wanted)) yield `Set-Cookie: ${sent} for the origin's ${wanted}`;
}

/** The edge's own answers need a reason. */
function* refusalFaults(step: Step, { status, headers }: Answer, journal: Journal): Iterable<string> {
  const asked = step.headers;
  const isUnsafe = step.method !== "GET" && step.method !== "HEAD";
  if (headers.get("x-cache") !== "BYPASS" || headers.get("cache-control") !== "no-store") yield "an unmarked error";
  const has = (name: string) => asked.has(name);
  const reasons: Record<number, boolean> = {
    405: isUnsafe && step.settings.methods === "read",
    412: (has("if-match") && asked.get("if-match") !== "*") || (has("if-unmodified-since") && !has("if-match")),
    502: isUnsafe ? hasFailedItself(step, journal) : hasFailed(step, journal),
    // The origin was asked too much (429), just before.
    503: !isUnsafe && hasFailed(step, journal),
    504: cacheControl(asked.get("cache-control")).has("only-if-cached"),
  };
  if (!reasons[status]) yield `nothing explains the ${status}`;
}

function* responseFaults(step: Step, answer: Answer, response: ModelResponse, journal: Journal): Iterable<string> {
  const { base, last } = response;
  const isMine = last.step === step.id;
  const [xCache, cacheStatus] = [answer.headers.get("x-cache"), answer.headers.get("cache-status") ?? ""];
  const isUnsafe = !["GET", "HEAD"].includes(base.method);
  const resource = isUnsafe ? new URL(base.resource, "http://x").pathname : base.resource;
  if (resource !== step.path + (isUnsafe ? "" : step.query)) yield `an answer for ${base.resource}`;
  if (!isMine) yield* reuseFaults(step, answer, response, journal);
  if (isMine && last !== base) yield* validatedFaults(step, answer, response);
  if ((answer.headers.get("cache-status") ?? "").includes("collapsed")) yield* collapsedFaults(step, response, journal);

  const contacts = journal.madeFor(step);
  if (xCache === "HIT" && (contacts.length > 0 || isMine)) yield "X-Cache: HIT, and the origin was asked";
  if ((xCache === "MISS" || xCache === "BYPASS" || xCache === "REVALIDATED") && !isMine)
    yield `X-Cache: ${xCache}, reused`;
  if (xCache === "STALE" && isMine) yield "X-Cache: STALE, but the origin has just sent it";
  if ((xCache === "REVALIDATED") !== (isMine && last.status === 304 && last !== base))
    yield `X-Cache: ${xCache} is not true`;
  const saysHit = /ResCDN; hit/.test(cacheStatus);
  const isHit = xCache === "STALE" || (xCache === "HIT" && !cacheStatus.includes("collapsed"));
  if (saysHit !== isHit) yield `Cache-Status "${cacheStatus}" beside X-Cache: ${xCache}`;
  const isOnlyIfCached = cacheControl(step.headers.get("cache-control")).has("only-if-cached");
  if (isOnlyIfCached && !isUnsafe && isMine) yield "RFC 9111 §5.2.1.7: only-if-cached reached the origin";
  const control = answer.headers.get("cache-control") ?? "";
  if (base.status < 300 && isPage(step.path, base.headers) && !/^no-store(?:, no-transform)?$/.test(control))
    yield "a page for an asset is called cacheable";
  yield* statusFaults(step, answer, response);
  yield* errorFaults(step, answer, response);
  yield* bodyFaults(step, answer, response, journal);
}

/** No error lets a client keep it for longer than the zone allows. Clocks differ by seconds. */
function* errorFaults(step: Step, { status, headers }: Answer, response: ModelResponse): Iterable<string> {
  const said = cacheControl(headers.get("cache-control"));
  if (status < 400 || said.has("must-understand")) return;
  const { max_error_ttl, negative_ttl } = step.settings;
  const { last } = response;
  const kept = (seconds(said, "max-age") ?? 0) - leastAge(response, Math.max(last.answeredAt, step.startedAt));
  if (kept > Math.max(max_error_ttl, negative_ttl) + 2) yield `a client keeps the ${status} for ${kept} s`;
}

/** An own 304 has confirmed the stored response: it must be the selected one, and complete. */
function* validatedFaults(step: Step, answer: Answer, response: ModelResponse): Iterable<string> {
  yield* listedFaults(step, response);
  if (response.base.defect !== null) yield "RFC 9111 §3.3: an incomplete response was validated";
  if (response.base.variant !== response.last.variant) yield "RFC 9111 §4.1: another variant was validated";
  if (Number(answer.headers.get("age")) < leastAge(response, response.last.answeredAt))
    yield "RFC 9111 §4.2.3: Age is too small";
}

/** RFC 9110 §13.2, §14.2: what of a client's conditions and ranges may turn a 200 into something else. */
function* statusFaults(step: Step, answer: Answer, { base, headers, status: said }: ModelResponse): Iterable<string> {
  const { status } = answer;
  const range = step.method === "GET" ? step.headers.get("range") : null;
  if (status === 206 && range === null) yield "RFC 9110 §15.3.7: a 206 without a Range";
  if (status === 304 && !isNotModified(step, answer, headers))
    yield "RFC 9110 §15.4.5: a 304, but no condition says so";
  if (status === 206 && !rangeHolds(step, answer)) yield "RFC 9110 §13.1.5: a 206 although If-Range does not hold";
  if (status === 416) {
    const size = base.content.byteLength;
    const [, first, suffix] = /^bytes=(?:(\d+)-\d*|-(\d+))$/.exec(range ?? "") ?? [];
    const isBeyond = (first !== undefined && Number(first) >= size) || (suffix !== undefined && Number(suffix) === 0);
    if (!isBeyond && base.defect === null) yield `RFC 9110 §15.5.17: a 416 for ${range} of ${size}`;
    if (base.defect === null && answer.headers.get("content-range") !== `bytes */${size}`)
      yield `416 with ${answer.headers.get("content-range")}`;
  }
  // Out of a part comes what the whole would give, as far as it goes.
  const givable = said === 200 ? [206, 304, 416] : said === 206 ? [304] : [];
  const derived = givable.includes(status) && (step.method === "GET" || step.method === "HEAD");
  if (status !== said && !derived) yield `${status} for the origin's ${said}`;
}

function isNotModified({ method, headers: asked }: Step, { headers }: Answer, said: Headers): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const opaque = (tag: string | null) => tag?.replace(/^W\//, "") ?? null;
  const tags = asked.get("if-none-match");
  if (tags !== null) return list(tags).some((tag) => tag === "*" || opaque(tag) === opaque(headers.get("etag")));
  const since = date(asked.get("if-modified-since"));
  // RFC 9111 §4.3.2: without a Last-Modified the Date stands for it.
  const modified = date(said.get("last-modified")) ?? date(headers.get("date"));
  return since !== null && modified !== null && modified <= since;
}

function rangeHolds({ headers: asked }: Step, { headers }: Answer): boolean {
  const ifRange = asked.get("if-range");
  if (ifRange === null) return true;
  const since = date(ifRange);
  if (since !== null) return since === date(headers.get("last-modified"));
  return ifRange === headers.get("etag") && !ifRange.startsWith("W/");
}

/** The bytes are those that the origin sent, all of them or those that are named. */
function* bodyFaults(step: Step, answer: Answer, response: ModelResponse, journal: Journal): Iterable<string> {
  const { status, headers, body, broken } = answer;
  const { base } = response;
  const length = headers.get("content-length");
  const coding = headers.get("content-encoding");
  if (coding !== null && !accepts(step.headers.get("accept-encoding"), coding))
    yield `RFC 9110 §12.5.3: ${coding} is not accepted`;
  if (status !== 206) yield* tagFaults(answer, response, coding, journal);
  if (body === null) return;
  const isBodiless = step.method === "HEAD" || status === 204 || status === 304;
  if (isBodiless || status === 416) {
    if (body.byteLength > 0) yield `a body of ${body.byteLength} bytes with ${step.method} ${status}`;
    const misleads =
      step.method === "HEAD" && status === 200 && length !== null && coding === null && base.defect === null;
    if (misleads && Number(length) !== base.content.byteLength)
      yield `RFC 9110 §8.6: Content-Length ${length} for HEAD`;
    return;
  }
  const isCut = broken !== null || (length !== null && coding === null && Number(length) !== body.byteLength);
  if (isCut) {
    if (base.defect === null) yield `the body breaks off: ${body.byteLength} bytes, Content-Length ${length}`;
    return;
  }
  const part = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  if (status === 206 && part === null)
    yield `RFC 9110 §15.3.7.1: a 206 with Content-Range ${headers.get("content-range")}`;
  const [first, last] = part === null ? [0, base.content.byteLength - 1] : [Number(part[1]), Number(part[2])];
  // Of bodies that are not kept the platform sees to the length, which a scripted origin goes round.
  const isUnchecked = base.defect !== "cut-off" && answer.headers.get("x-cache") === "BYPASS";
  if (base.defect !== null && isUnchecked) return;
  if (base.defect !== null && part === null) yield `RFC 9111 §3.3: an incomplete body (${base.defect}) seems complete`;
  else if (!equal(body, base.content.subarray(first, last + 1)))
    yield `wrong bytes: ${body.byteLength} of ${first}-${last}`;
  if (status === 206 && base.defect === null && Number(part?.[3]) !== base.content.byteLength)
    yield "a wrong size in Content-Range";
  if (
    status === 206 &&
    !isAsked(step.headers.get("range"), first, last, base.content.byteLength, base.defect !== null)
  ) {
    yield `RFC 9110 §14.2: ${first}-${last} is not ${step.headers.get("range")}`;
  }
}

function isAsked(range: string | null, first: number, last: number, size: number, anySize: boolean): boolean {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range ?? "");
  if (match === null) return false;
  if (anySize) return true;
  if (match[1] === "") return first === Math.max(0, size - Number(match[2])) && last === size - 1;
  return first === Number(match[1]) && last === Math.min(match[2] === "" ? size - 1 : Number(match[2]), size - 1);
}

/** RFC 9110 §8.8.3: a strong entity tag names one sequence of bytes; it is the origin's, or one of the edge's own. */
function* tagFaults(answer: Answer, { base, headers }: ModelResponse, coding: string | null, journal: Journal) {
  const sent = answer.headers.get("etag");
  const said = headers.get("etag");
  if (base.status !== 200 || sent === null || answer.status === 416) return;
  const bare = sent.replace(/-(br|gzip)"$/, '"');
  const isCoded = bare !== sent;
  if (answer.status === 200 && isCoded !== (coding === "br" || coding === "gzip"))
    yield `RFC 9110 §8.8.3.3: ETag ${sent} with coding ${coding}`;
  if (said !== null) {
    if (bare !== said && !(base.headers.has("content-encoding") && bare === `W/${said}`))
      yield `ETag ${sent} for the origin's ${said}`;
    return;
  }
  const known = journal.madeTags.get(bare) ?? base.content;
  journal.madeTags.set(bare, known);
  if (!equal(known, base.content)) yield `RFC 9110 §8.8.1: ETag ${sent} names two contents`;
}

/** RFC 9110 §12.5.3, for the header values that the scenarios send. */
function accepts(acceptEncoding: string | null, coding: string): boolean {
  const weights = new Map(
    list(acceptEncoding).map((member) => {
      const [name = "", weight = "q=1"] = member.split(";").map((part) => part.trim());
      return [name, Number(weight.slice(2))];
    }),
  );
  return (weights.get(coding) ?? weights.get("*") ?? 0) > 0;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, at) => byte === b[at]);
}
