import { log } from "../log/log.ts";
import { claim, type IdempotencyKey, type KeptFor, keepAnswer, release } from "./idempotency-keys.ts";
import { type KeptAnswer, openAnswer, sealAnswer } from "./sealed-answer.ts";

/** A request that carries an Idempotency-Key. */
export interface RepeatableRequest extends KeptFor {
  /** The header as it came. */
  idempotencyKey: string;
  apiKeyId: string;
  /** The caller's API key itself: answers are kept encrypted under it, since they may hold a token that is shown once. */
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

/** Headers that belong to what was done, and not to the request that asks again. */
const KEPT_HEADERS = ["content-type", "etag", "location"];

/** RFC 9110 §5.5: visible ASCII, without the spaces that two such headers would be joined by. */
const FORM = /^[\x21-\x7e]{1,255}$/;

/**
 * Answers a request once, and what repeats it with the same answer (draft-ietf-httpapi-idempotency-key-header-07), for a
 * day. A request that was refused, or failed at our side, leaves the key to the next one: it may be mended and sent again.
 *
 * @param run answers the request
 * @param now when it arrived, ms since the epoch
 */
export async function answerOnce(
  db: D1Database,
  request: RepeatableRequest,
  run: () => Promise<Response>,
  now: number,
): Promise<Once> {
  const { apiKeyId, idempotencyKey, token } = request;
  if (!FORM.test(idempotencyKey)) return { kind: "malformed", reason: "must be 1 to 255 visible ASCII characters" };
  // Some put secrets here: only its digest is stored.
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
    // What was asked for is done: its answer must go out. Who repeats the request within a minute learns that it runs.
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
  // Fetch §6.5: 204 and its like take no body, not even an empty one.
  return new Response(body.length > 0 ? body : null, {
    status,
    headers: { ...headers, "idempotency-replayed": "true" },
  });
}

/** Tells a request from any other by its method, target and body. */
function fingerprintOf({ method, target, body }: RepeatableRequest): Promise<string> {
  const head = new TextEncoder().encode(`${method} ${target}\n`);
  const whole = new Uint8Array(head.length + body.byteLength);
  whole.set(head);
  whole.set(new Uint8Array(body), head.length);
  return sha256(whole);
}

/** In lower-case hex. */
async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
