import { log } from "../../log/log.ts";
import type { OriginPolicy } from "../../origin-guard/origin-policy.ts";
import { type AttemptResult, postSigned, type Recipient } from "../../signed-delivery/post-signed.ts";

export type { AttemptResult } from "../../signed-delivery/post-signed.ts";

/** What is sent. `id` is the same in all attempts, so that a receiver can recognise what it has already had. */
export interface Message {
  id: string;
  type: string;
  body: string;
}

/** Sends an event to a webhook, signed. @param now ms since the epoch: part of what is signed */
export function attempt(
  recipient: Recipient,
  { id, type, body }: Message,
  policy: OriginPolicy,
  now: number,
): Promise<AttemptResult> {
  const headers = {
    "content-type": "application/json",
    "user-agent": "ResolveDB-Webhooks/1",
    "x-resolvedb-event": type,
  };
  return postSigned(recipient, { id, content: body, headers }, policy, now, (origin, error) =>
    log("webhook_failed", { origin, message: id, error }),
  );
}
