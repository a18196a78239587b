import { Webhook } from "standardwebhooks";
import { checkEndpoint } from "../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../origin-guard/origin-policy.ts";

/** Where to, and with which secrets: during a rotation the old one signs beside the new one. */
export interface Recipient {
  url: string;
  secrets: readonly string[];
}

/** What is sent. `id` stays the same over all attempts, so that a receiver can tell what it has had already. */
export interface SignedMessage {
  id: string;
  /** What is signed. */
  content: string;
  /** The content as it is sent, where it is coded; left out: as it stands. */
  coded?: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** What came of an attempt. `status`: of the answer; null where there was none. The reason is a sentence. */
export type AttemptResult =
  | { kind: "delivered"; status: number }
  | { kind: "failed"; status: number | null; reason: string };

const TIMEOUT_SECONDS = 15;

/**
 * Sends a message as Standard Webhooks says: signed with HMAC-SHA256 over its id, the time and its content. Only the status
 * of the answer counts, its body is not read. No redirect is followed: it could lead to any host.
 *
 * @param now ms since the epoch: it is signed
 * @param unreached told of a server that gave no answer: of the URL only its origin, since paths and queries hold tokens
 */
export async function postSigned(
  recipient: Recipient,
  message: SignedMessage,
  policy: OriginPolicy,
  now: number,
  unreached: (origin: string, error: unknown) => void,
): Promise<AttemptResult> {
  // Checked when it was stored as well: what the operator allows may have changed since.
  const verdict = checkEndpoint(recipient.url, policy);
  if (!verdict.ok) return { kind: "failed", status: null, reason: `The URL ${verdict.reason}` };
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
  try {
    const response = await fetch(verdict.url, {
      method: "POST",
      headers: { ...message.headers, ...signedHeaders(recipient.secrets, message, now) },
      body: message.coded ?? message.content,
      cache: "no-store", // never through the cache of our own Cloudflare zone
      redirect: "manual",
      signal,
    });
    await response.body?.cancel().catch(() => undefined); // the answer has been given, however its body ends
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
