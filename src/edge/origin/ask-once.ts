import { isAnswer } from "../../http/is-answer.ts";
import { log } from "../../log/log.ts";
import { dropBody } from "../body/drop-body.ts";
import { WaitClock } from "../body/wait-clock.ts";
import type { Candidate } from "./candidates.ts";
import type { FailureReason, RequestBodyFailure } from "./failure-reason.ts";
import type { OriginNotes } from "./origin-access.ts";
import { isRepeatable, type OriginOutcome, type OriginRequest } from "./origin-outcome.ts";
import { noteOriginTime } from "./origin-times.ts";
import { socketFetch } from "./socket-fetch.ts";
import { toldUpload } from "./told-upload.ts";
import { platformReason, whyFailed } from "./why-failed.ts";

/**
 * Asks one server once, and once more if the connection fails.
 *
 * @param firstByteMs how long its answer may take to begin. The same time is allowed for each piece of a body that is sent
 * @param request with the path on that server, and all fields
 */
export async function askOnce(
  candidate: Candidate,
  firstByteMs: number,
  request: OriginRequest,
  notes: OriginNotes,
): Promise<OriginOutcome> {
  const { base, host, isFallback, name } = candidate;
  const timeout = new AbortController();
  const requestedAt = Date.now();
  let askedAt = requestedAt;
  const { method, headers } = request;
  const giveUp = () => timeout.abort();
  const patience = request.body ? new WaitClock(firstByteMs, giveUp) : null;
  const timer = patience === null ? setTimeout(giveUp, firstByteMs) : null;
  patience?.waiting();
  const upload = patience && toldUpload(request.body!, headers.get("content-length"), () => patience.waiting());
  const init = { method, headers, body: upload?.body ?? null, signal: timeout.signal };
  const ask = () =>
    host === null
      ? fetch(base + request.pathAndQuery, {
          ...init,
          redirect: "manual",
          cache: "no-store", // see `askNoReload`
          encodeResponseBody: "manual", // otherwise the platform would decode whatever a few bytes claim to be
        })
      : socketFetch(base, request.pathAndQuery, host, init);
  if (host === null) askNoReload(headers);
  try {
    const response = await ask().catch((error: unknown) => {
      // It may have been a kept-alive connection that the server had closed.
      if (!isRepeatable(request) || timeout.signal.aborted) throw error;
      notes.asked(null);
      askedAt = Date.now();
      return ask();
    });
    if (upload?.state() === "broken") {
      await dropBody(response.body);
      return unsent("request-body-cut");
    }
    const reason = isAnswer(request, response) ? await platformReason(response) : "origin-nonsense";
    const answeredAt = Date.now();
    notes.asked(reason === null ? answeredAt - askedAt : null);
    if (reason === null) {
      noteOriginTime(answeredAt - requestedAt);
      return { kind: "answer", response, requestedAt, answeredAt, isFallback, origin: name };
    }
    await dropBody(response.body);
    return failed(candidate, reason, `status ${response.status}`);
  } catch (error) {
    notes.asked(null);
    if (upload?.state() === "broken") return unsent("request-body-cut");
    if (upload?.state() === "client" && timeout.signal.aborted) return unsent("request-body-timeout");
    const reason = await whyFailed(error, base, host === null ? "fetch" : "socket", timeout.signal.aborted);
    return failed(candidate, reason, String(error));
  } finally {
    clearTimeout(timer);
    patience?.end();
  }
}

/** This is the client's fault, and says nothing about the origin. */
function unsent(reason: RequestBodyFailure): OriginOutcome {
  return { kind: "failure", failure: { reason, retryAfter: 0 } };
}

function failed({ base, name }: Candidate, reason: FailureReason, error: string): OriginOutcome {
  log("origin_failed", { origin: base, ...(name !== null && { name }), reason, error });
  return { kind: "failure", failure: { reason, retryAfter: 0 } };
}

/**
 * Below a Worker's `fetch` lies the cache of the Worker's own Cloudflare zone, which keeps `.css`, `.js`, `.png` and the like
 * by default: a file that was purged here would still be a hit there, and come back as if it were new. `cache: "no-store"`
 * neither looks there nor leaves anything there, and lets HEAD and ranges pass unchanged. A negative `cacheTtlByStatus` would
 * only forbid keeping the answer once it has come. But with "no-store" the runtime sends `Cache-Control: no-cache` to the
 * origin, unless the request has a directive of its own, so each of our misses would bypass a cache in front of the origin. So
 * the request has a directive that asks for nothing (RFC 9111 §5.2.1.3), beside which `Pragma` is ignored (RFC 7234 §5.4).
 */
function askNoReload(headers: Headers): void {
  if (!headers.has("cache-control")) headers.set("cache-control", "min-fresh=0");
}
