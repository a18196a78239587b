import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, vi } from "vitest";
import type { Actor } from "../../src/accounts/audit-log.ts";
import { createAccount } from "../../src/accounts/create-account.ts";
import type { Plan } from "../../src/accounts/plans.ts";
import { newId } from "../../src/db/new-id.ts";
import { EVENT_NAMES, type WebhookEvent } from "../../src/records/webhooks/events.ts";
import { eventStatements } from "../../src/records/webhooks/outbox.ts";
import { insertWebhook, type NewWebhook } from "../../src/records/webhooks/webhook-rows.ts";
import { newSecret } from "../../src/signed-delivery/secret.ts";
import { newEmail } from "./control-plane.ts";
import { asset, type Line, type Origin, originAt, playEdge } from "./edge.ts";

/** Ahead of the runtime's own clock: an alarm in the past would run by itself. */
const START = Date.now() + 3_600_000;

/** Replaces the network by scripted receivers, as `playEdge` does, and stops the clock. */
export function playReceivers(): void {
  playEdge();
  beforeEach(() => {
    vi.setSystemTime(START);
  });
}

/** An account's id and its key for ResolveDB. */
export async function newOwner(plan: Plan = "pro"): Promise<{ account: string; key: string }> {
  const { account, keys } = await createAccount(env.DB, { name: "A", email: newEmail(), plan }, Date.now());
  return { account: account.id, key: keys.resolvedb };
}

export function actorOf(account: string): Actor {
  return { account, mode: "live", actor: "key_1", address: null, requestId: "req_1" };
}

/** A webhook with its own scripted receiver. */
export class PlayedWebhook {
  readonly id = newId("hook");
  readonly secret = newSecret();
  readonly receiver: Origin;
  /** What the receiver got. It is stored because a request's body can be read only while it is answered. */
  readonly received: { headers: Record<string, string>; body: string }[] = [];
  readonly url: string;
  readonly account: string;

  constructor(account: string) {
    this.account = account;
    this.receiver = originAt(`https://${this.id.replace("_", "-").toLowerCase()}.example`);
    this.url = `${this.receiver.url}/hooks?from=resolvedb`;
  }

  async insert(change: Partial<NewWebhook> = {}): Promise<this> {
    const { id, url, secret } = this;
    const webhook = { id, url, secret, events: EVENT_NAMES, enabled: true, ...change };
    await insertWebhook(env.DB, actorOf(this.account), webhook, { webhooks: 100, deleted: 100 }, Date.now());
    return this;
  }

  /** Makes the receiver answer with these statuses, in order; the last one repeats. */
  answers(...script: (number | Line)[]): this {
    const lines = script.map((line) => (typeof line === "number" ? answering(line) : line));
    this.receiver.answers(
      ...lines.map(
        (line): Line =>
          async (request) => {
            this.received.push({ headers: Object.fromEntries(request.headers), body: await request.clone().text() });
            return line(request);
          },
      ),
    );
    return this;
  }

  get dispatcher() {
    return env.WEBHOOK_DISPATCHER.getByName(this.id);
  }

  /** Does what the cron or a change does. */
  poke(): Promise<void> {
    return this.dispatcher.poke(this.id);
  }

  /** Runs the alarm that is set, at its time; false: none is set. */
  async alarm(): Promise<boolean> {
    const at = await this.alarmAt();
    if (at !== null && at > Date.now()) vi.setSystemTime(at);
    return runDurableObjectAlarm(this.dispatcher);
  }

  /** When the alarm will run. */
  alarmAt(): Promise<number | null> {
    return runInDurableObject(this.dispatcher, (_, { storage }) => storage.getAlarm());
  }

  /** Makes the deliveries that are due. */
  async deliver(): Promise<void> {
    await this.poke();
    await this.alarm();
  }

  /** Its row in D1. */
  row() {
    return env.DB.prepare("SELECT * FROM webhooks WHERE id = ?1").bind(this.id).first<Record<string, unknown>>();
  }

  /** Its deliveries in D1, in the order of the changes. */
  async deliveries() {
    const { results } = await env.DB.prepare("SELECT * FROM webhook_deliveries WHERE webhook_id = ?1 ORDER BY seq")
      .bind(this.id)
      .all<Record<string, unknown>>();
    return results;
  }
}

function answering(status: number): Line {
  const location = status >= 300 && status < 400 ? { location: "https://elsewhere.example/" } : {};
  return asset(status === 204 || status === 304 ? null : "thanks", location, status);
}

/** A webhook of a new account. */
export async function newWebhook(change: Partial<NewWebhook> = {}): Promise<PlayedWebhook> {
  return new PlayedWebhook((await newOwner()).account).insert(change);
}

let changes = 0;

/** A change with its event. */
export async function happen(account: string, event: Partial<WebhookEvent> = {}): Promise<void> {
  const number = ++changes;
  await env.DB.batch([
    env.DB.prepare("UPDATE accounts SET name = ?2 WHERE id = ?1").bind(account, `A${number}`),
    ...eventStatements(env.DB, account, { type: "record.upserted", data: { number }, ...event }, Date.now()),
  ]);
}
