import { Webhook } from "standardwebhooks";
import { checkEndpoint } from "../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";

/** The destination and the secrets: during a rotation the old one signs beside the new one. */
export interface Recipient {
  url: string;
  secrets: readonly string[];
}

/** What is sent. `id` is the same in all attempts, so that a receiver can recognise what it has already had. */
export interface SignedMessage {
  id: string;
  /** What is signed. */
  content: string;
  /** The content as it is sent, if it is encoded; absent: it is sent as it is. */
  coded?: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** The result of an attempt. `status`: the answer's; null: there was none. The reason is a sentence. */
export type AttemptResult =
  | { kind: "delivered"; status: number }
  | { kind: "failed"; status: number | null; reason: string };

const TIMEOUT_SECONDS = 15;

/**
 * Sends a message as in Standard Webhooks: signed with HMAC-SHA256 over its id, the time and its content. Only the status of
 * the answer counts; its body is not read. Redirects are not followed, since they could lead to any host.
 *
 * @param now ms since the epoch: part of what is signed
 * @param unreached called for a server that gave no answer, with only the origin of the URL, since paths and queries contain
 *   tokens
 */
export async function postSigned(
  recipient: Recipient,
  message: SignedMessage,
  policy: OriginPolicy,
  now: number,
  unreached: (origin: string, error: unknown) => void,
): Promise<AttemptResult> {
  // Checked again although it was checked when it was stored: the operator's policy may have changed.
  const verdict = checkEndpoint(recipient.url, policy);
  if (!verdict.ok) return { kind: "failed", status: null, reason: `The URL ${verdict.reason}` };
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
  try {
    const response = await fetch(verdict.url, {
      method: "POST",
      headers: { ...message.headers, ...signedHeaders(recipient.secrets, message, now) },
      body: message.coded ?? message.content,
      cache: "no-store", // never from the cache of our own Cloudflare zone
      redirect: "manual",
      signal,
    });
    await response.body?.cancel().catch(() => undefined); // the status is known, however the body ends
    return judgeStatus(response.status);
  } catch (error) {
    unreached(new URL(verdict.url).origin, error);
    return { kind: "failed", status: null, reason: signal.aborted ? noAnswerWithin(TIMEOUT_SECONDS) : UNREACHED };
  }
}

export const UNREACHED = "The server could not be reached";

export function noAnswerWithin(seconds: number): string {
  return `No answer within ${seconds} seconds`;
}

function signedHeaders(secrets: readonly string[], { id, content }: SignedMessage, now: number) {
  const time = new Date(now);
  return {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now / 1_000)),
    "webhook-signature": secrets.map((secret) => new Webhook(secret).sign(id, time, content)).join(" "),
  };
}

export function judgeStatus(status: number): AttemptResult {
  if (status >= 200 && status <= 299) return { kind: "delivered", status };
  const isRedirect = status >= 300 && status <= 399;
  const reason = isRedirect ? `Answered ${status}: redirects are not followed` : `Answered ${status}`;
  return { kind: "failed", status, reason };
}
