import { type AskBucket, bucketName } from "../../files/buckets.ts";
import { isAnswer } from "../../http/is-answer.ts";
import { log } from "../../log/log.ts";
import { dropBody } from "../body/drop-body.ts";
import type { Asked } from "../request/asked.ts";
import { askBucket } from "./ask-bucket.ts";
import { errorReasonOf, type FailureReason } from "./failure-reason.ts";
import { type Question, withOwnRedirects } from "./own-redirects.ts";
import { socketFetch } from "./socket-fetch.ts";
import { platformReason, whyFailed } from "./why-failed.ts";

/** What came of asking the origin; times in ms since the epoch. */
export type OriginOutcome =
  /** `isFallback`: the fallback origin's, in the place of one that the first failed to give. */
  | { kind: "answer"; response: Response; requestedAt: number; answeredAt: number; isFallback: boolean }
  | { kind: "failure"; failure: OriginFailure };

/** Why the origin gave no answer, or none that is better than a stale one. */
export interface OriginFailure {
  reason: FailureReason;
  /** For how long it asks to be left in peace, seconds. */
  retryAfter: number;
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
 * Asks the zone's origin, and the fallback origin where the zone has one and the first failed or answered with an error.
 * A redirect is an answer like any other: it is never followed, so no origin can send the edge to another host.
 *
 * @param note is told of each failure, one that the fallback origin makes up for as well
 */
export async function askOrigin(
  { zone, hosts, buckets }: Pick<Asked, "zone" | "hosts"> & { buckets: AskBucket },
  request: OriginRequest,
  note: (reason: FailureReason) => void,
): Promise<OriginOutcome> {
  const { fallback_origin: fallback, origin_host: host, timeouts, origin_headers, fallback_headers } = zone.settings;
  // RFC 9110 §9.2.2: a proxy "MUST NOT automatically retry non-idempotent requests".
  const repeatable = request.method === "GET" || request.method === "HEAD";
  const ask = async (origin: string, host: string | null, own: Readonly<Record<string, string>>) => {
    const asked = { ...request, headers: headersFor(host, request.headers, own) };
    const bucket = bucketName(origin);
    const asking =
      bucket === null
        ? await askOnce(origin, timeouts.first_byte_ms, asked, repeatable, host)
        : await askFiles(bucket, zone.id, asked, buckets);
    const outcome = await ownRedirects(asking, { ...asked, origin, host, zone, hosts });
    const reason = reasonOf(outcome);
    if (reason !== null) note(reason);
    return outcome;
  };
  const outcome = await ask(zone.origin, host, origin_headers);
  if (fallback === null || !repeatable || reasonOf(outcome) === null) return outcome;
  if (outcome.kind === "answer") await dropBody(outcome.response.body);
  // What is written for one origin may be its password, and the other is somebody else's server.
  const instead = await ask(fallback, null, fallback_headers);
  return instead.kind === "answer" ? { ...instead, isFallback: true } : instead;
}

/** Asks a bucket for a zone's files, as {@link askOnce} asks a server. */
async function askFiles(
  bucket: string,
  zoneId: string,
  request: OriginRequest,
  buckets: AskBucket,
): Promise<OriginOutcome> {
  const requestedAt = Date.now();
  const response = await askBucket(bucket, zoneId, request, buckets);
  if (response === null) return { kind: "failure", failure: { reason: "origin-unreachable", retryAfter: 0 } };
  return { kind: "answer", response, requestedAt, answeredAt: Date.now(), isFallback: false };
}

/** The outcome, with redirects to the origin that was asked as redirects to the zone. */
async function ownRedirects(outcome: OriginOutcome, question: Question): Promise<OriginOutcome> {
  if (outcome.kind === "failure" || !question.zone.settings.rewrite_redirects) return outcome;
  const response = withOwnRedirects(outcome.response, question);
  if (response !== null) return { ...outcome, response };
  await dropBody(outcome.response.body);
  return { kind: "failure", failure: { reason: "redirect-loop", retryAfter: 0 } };
}

function headersFor(host: string | null, headers: Headers, own: Readonly<Record<string, string>>): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(own)) all.set(name, value);
  if (host === null) askNoReload(all);
  return all;
}

function reasonOf(outcome: OriginOutcome): FailureReason | null {
  return outcome.kind === "failure" ? outcome.failure.reason : errorReasonOf(outcome.response.status);
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
    const reason = isAnswer(request, response) ? await platformReason(response) : "origin-nonsense";
    if (reason === null) return { kind: "answer", response, requestedAt, answeredAt: Date.now(), isFallback: false };
    await dropBody(response.body);
    return failed(origin, reason, `status ${response.status}`);
  } catch (error) {
    const reason = await whyFailed(error, origin, host === null ? "fetch" : "socket", timeout.signal.aborted);
    return failed(origin, reason, String(error));
  } finally {
    clearTimeout(timer);
  }
}

function failed(origin: string, reason: FailureReason, error: string): OriginOutcome {
  log("origin_failed", { origin, reason, error });
  return { kind: "failure", failure: { reason, retryAfter: 0 } };
}

/**
 * Below a Worker's `fetch` lies the cache of the Worker's own Cloudflare zone, which keeps `.css`, `.js`, `.png` and the
 * like by default: what a purge has made a miss here would be a hit there, and come back as new. `cache: "no-store"` neither
 * looks there nor leaves anything there, and lets HEAD and ranges pass as they are; a negative `cacheTtlByStatus` forbids
 * only the keeping, when the answer has come. But the runtime then says `Cache-Control: no-cache` to the origin, unless the
 * request says something itself, and a cache that the origin has in front would be passed over at each miss of ours. So
 * it says what asks for nothing (RFC 9111 §5.2.1.3), beside which `Pragma` is ignored (RFC 7234 §5.4).
 */
function askNoReload(headers: Headers): void {
  if (!headers.has("cache-control")) headers.set("cache-control", "min-fresh=0");
}
