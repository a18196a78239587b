/** Every event that a webhook can subscribe to. */
export const EVENTS = {
  "record.upserted": "A record was created or updated",
  "record.deleted": "A record was deleted",
  "namespace.upserted": "A namespace was created, also by its first record, or updated",
  "namespace.deleted": "A namespace was deleted",
  "quota.near": "The account has used 80 % of what its zones may answer in a month",
  "quota.reached": "The account has used all of it",
} as const;

export type EventName = keyof typeof EVENTS;

export const EVENT_NAMES = Object.keys(EVENTS) as [EventName, ...EventName[]];

/** Sent when a webhook's owner asks for it, and only to that webhook. */
export const TEST_EVENT = "webhook.test";

/**
 * What happened. `data`: the record or the namespace after the change, in the form of the REST API; for a quota, how much of it
 * is used.
 */
export interface WebhookEvent {
  type: EventName;
  data: object;
}

/**
 * The body of a delivery, in the form that Standard Webhooks suggests ("Payload structure").
 *
 * @param now ms since the epoch
 */
export function eventBody(type: EventName | typeof TEST_EVENT, data: object, now: number): string {
  return JSON.stringify({ type, timestamp: new Date(now).toISOString(), data });
}
