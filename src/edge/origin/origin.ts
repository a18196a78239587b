import { dropBody } from "../body/drop-body.ts";
import type { Asked } from "../request/asked.ts";
import { type Question, withOwnRedirects } from "./own-redirects.ts";
import { socketFetch } from "./socket-fetch.ts";

/** What came of asking the origin; times in ms since the epoch. */
export type OriginOutcome =
  /** `isFallback`: the fallback origin's, in the place of one that the first failed to give. */
  | { kind: "answer"; response: Response; requestedAt: number; answeredAt: number; isFallback: boolean }
  | { kind: "failure"; failure: OriginFailure };

/** Why the origin gave no answer. */
export interface OriginFailure {
  status: 502 | 504 | 508;
  reason: "origin-unreachable" | "origin-timeout" | "origin-5xx" | "origin-nonsense" | "redirect-loop";
}

/** A request to be made of a zone's origin. */
export interface OriginRequest {
  method: string;
  /** Path and query. */
  pathAndQuery: string;
  /** Without those that the zone sets for one origin or the other. */
  headers: Headers;
  body?: ReadableStream | null;
}

/**
 * Asks the zone's origin, and the fallback origin where the zone has one and the first failed or answered 5xx.
 * A redirect is an answer like any other: it is never followed, so no origin can send the edge to another host.
 */
export async function askOrigin(
  { zone, hosts }: Pick<Asked, "zone" | "hosts">,
  request: OriginRequest,
): Promise<OriginOutcome> {
  const { fallback_origin: fallback, origin_host: host, timeouts, origin_headers, fallback_headers } = zone.settings;
  // RFC 9110 §9.2.2: a proxy "MUST NOT automatically retry non-idempotent requests".
  const repeatable = request.method === "GET" || request.method === "HEAD";
  const ask = async (origin: string, host: string | null, own: Readonly<Record<string, string>>) => {
    const asked = { ...request, headers: withOwn(request.headers, own) };
    const outcome = await askOnce(origin, timeouts.first_byte_ms, asked, repeatable, host);
    return ownRedirects(outcome, { ...asked, origin, host, zone, hosts });
  };
  const outcome = await ask(zone.origin, host, origin_headers);
  if (fallback === null || !repeatable || !hasFailed(outcome)) return outcome;
  if (outcome.kind === "answer") await dropBody(outcome.response.body);
  // What is written for one origin may be its password, and the other is somebody else's server.
  const instead = await ask(fallback, null, fallback_headers);
  return instead.kind === "answer" ? { ...instead, isFallback: true } : instead;
}

/** The outcome, with redirects to the origin that was asked as redirects to the zone. */
async function ownRedirects(outcome: OriginOutcome, question: Question): Promise<OriginOutcome> {
  if (outcome.kind === "failure" || !question.zone.settings.rewrite_redirects) return outcome;
  const response = withOwnRedirects(outcome.response, question);
  if (response !== null) return { ...outcome, response };
  await dropBody(outcome.response.body);
  return { kind: "failure", failure: { status: 508, reason: "redirect-loop" } };
}

function withOwn(headers: Headers, own: Readonly<Record<string, string>>): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(own)) all.set(name, value);
  return all;
}

/** RFC 9110 §15: status codes outside 100..599 "are invalid", and a 1xx ends no exchange. */
function isFinalStatus(status: number): boolean {
  return status >= 200 && status <= 599;
}

function hasFailed(outcome: OriginOutcome): boolean {
  return outcome.kind === "failure" || outcome.response.status >= 500;
}

async function askOnce(
  origin: string,
  firstByteMs: number,
  request: OriginRequest,
  repeatable: boolean,
  host: string | null,
): Promise<OriginOutcome> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), firstByteMs);
  const requestedAt = Date.now();
  const { method, headers, body = null } = request;
  const init = { method, headers, body, signal: timeout.signal };
  const ask = () =>
    host === null
      ? fetch(origin + request.pathAndQuery, {
          ...init,
          headers: asNoReload(headers),
          redirect: "manual",
          cache: "no-store", // see below
          encodeResponseBody: "manual", // the platform would decode whatever a few bytes claim to be
        })
      : socketFetch(origin, request.pathAndQuery, host, init);
  try {
    const response = await ask().catch((error: unknown) => {
      // The connection may have been kept alive for too long.
      if (!repeatable || timeout.signal.aborted) throw error;
      return ask();
    });
    if (!isFinalStatus(response.status)) {
      await dropBody(response.body);
      return { kind: "failure", failure: { status: 502, reason: "origin-nonsense" } };
    }
    return { kind: "answer", response, requestedAt, answeredAt: Date.now(), isFallback: false };
  } catch (error) {
    const timedOut = timeout.signal.aborted;
    console.warn(JSON.stringify({ event: "origin_failed", origin, timedOut, error: String(error) }));
    return {
      kind: "failure",
      failure: timedOut ? { status: 504, reason: "origin-timeout" } : { status: 502, reason: "origin-unreachable" },
    };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Below a Worker's `fetch` lies the cache of the Worker's own Cloudflare zone, which keeps `.css`, `.js`, `.png` and the
 * like by default: what a purge has made a miss here would be a hit there, and come back as new. `cache: "no-store"` neither
 * looks there nor leaves anything there, and lets HEAD and ranges pass as they are; a negative `cacheTtlByStatus` forbids
 * only the keeping, when the answer has come. But the runtime then says `Cache-Control: no-cache` to the origin, unless the
 * request says something itself, and a cache that the origin has in front would be passed over at each miss of ours. So
 * it says what asks for nothing (RFC 9111 §5.2.1.3), beside which `Pragma` is ignored (RFC 7234 §5.4).
 */
function asNoReload(headers: Headers): Headers {
  if (headers.has("cache-control")) return headers;
  const quiet = new Headers(headers);
  quiet.set("cache-control", "min-fresh=0");
  return quiet;
}
