import { log } from "../log/log.ts";
import { claim, type IdempotencyKey, type KeptFor, keepAnswer, release } from "./idempotency-keys.ts";
import { type KeptAnswer, openAnswer, sealAnswer } from "./sealed-answer.ts";

/** A request with an Idempotency-Key. */
export interface RepeatableRequest extends KeptFor {
  /** The header's value as it was received. */
  idempotencyKey: string;
  apiKeyId: string;
  /**
   * The caller's API key itself. Answers are stored encrypted with it, since they may contain a token that is shown only once.
   */
  token: string;
  method: string;
  /** Path and query. */
  target: string;
  body: ArrayBuffer;
}

export type Once =
  | { kind: "answer"; response: Response }
  | { kind: "malformed"; reason: string }
  | { kind: "other-request" }
  | { kind: "in-progress"; retryAfter: number }
  | { kind: "too-many"; rows: number };

/** Headers that belong to the result, not to the request that is repeated. */
const KEPT_HEADERS = ["content-type", "etag", "location"];

/** RFC 9110 §5.5: visible ASCII, without spaces, which would appear if two such headers were joined. */
const FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * Answers a request once, and repetitions of it with the same answer (draft-ietf-httpapi-idempotency-key-header-07), for a day.
 * A request that was refused, or that failed on our side, frees its key: it may be corrected and sent again.
 *
 * @param run answers the request
 * @param now when the request arrived, ms since the epoch
 */
export async function answerOnce(
  db: D1Database,
  request: RepeatableRequest,
  run: () => Promise<Response>,
  now: number,
): Promise<Once> {
  const { apiKeyId, idempotencyKey, token } = request;
  if (!FORM.test(idempotencyKey)) return { kind: "malformed", reason: "must be 1 to 255 visible ASCII characters" };
  // Some put secrets here, so only its digest is stored.
  const key = await sha256(new TextEncoder().encode(idempotencyKey));
  const fingerprint = await fingerprintOf(request);
  const place = `${apiKeyId} ${key} ${fingerprint}`;
  const claimed = await claim(db, { apiKeyId, key }, request, fingerprint, now);
  switch (claimed.kind) {
    case "first":
      return { kind: "answer", response: await runAndKeep(db, { apiKeyId, key }, token, place, run, now) };
    case "answered":
      return { kind: "answer", response: replayed(await openAnswer(claimed.sealed, token, place)) };
    case "other-request":
    case "too-many":
      return claimed;
    case "in-progress":
      return { kind: "in-progress", retryAfter: 1 };
    default:
      return claimed satisfies never;
  }
}

async function runAndKeep(
  db: D1Database,
  key: IdempotencyKey,
  token: string,
  place: string,
  run: () => Promise<Response>,
  now: number,
): Promise<Response> {
  let response: Response;
  try {
    response = await run();
  } catch (error) {
    await release(db, key, now);
    throw error;
  }
  try {
    if (response.status >= 400) await release(db, key, now);
    else await keepAnswer(db, key, now, await sealAnswer(await kept(response), token, place));
  } catch (error) {
    // The work is done, so the answer must go out. Whoever repeats the request within a minute is told that it is still
    // running.
    log("answer_not_kept", { key: key.apiKeyId, error });
  }
  return response;
}

async function kept(response: Response): Promise<KeptAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = new Uint8Array(await response.clone().arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(headers), body };
}

function replayed({ status, headers, body }: KeptAnswer): Response {
  // Fetch §6.5: 204 and the like have no body, not even an empty one.
  return new Response(body.length > 0 ? body : null, {
    status,
    headers: { ...headers, "idempotency-replayed": "true" },
  });
}

/** Distinguishes a request from any other by its method, target and body. */
function fingerprintOf({ method, target, body }: RepeatableRequest): Promise<string> {
  const head = new TextEncoder().encode(`${method} ${target}\n`);
  const whole = new Uint8Array(head.length + body.byteLength);
  whole.set(head);
  whole.set(new Uint8Array(body), head.length);
  return sha256(whole);
}

/** SHA-256 in lower-case hex. */
async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
