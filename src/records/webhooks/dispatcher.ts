import { DurableObject } from "cloudflare:workers";
import { log } from "../../log/log.ts";
import { originPolicy } from "../../origin-guard/origin-policy.ts";
import { settingsOf, type Variables } from "../../settings.ts";
import type { AttemptResult } from "./attempt.ts";
import { boundBacklog, boundHistory, type DueDelivery, nextDue, nextDueAt, recordAttempt } from "./due-deliveries.ts";
import { judgeAttempt } from "./judge-attempt.ts";
import { openedSecret } from "./kept-secret.ts";

/** How many deliveries one alarm makes, and for how long: the platform ends an alarm after 15 minutes. */
const DELIVERIES_A_RUN = 100;
const RUN_MS = 60_000;
/** After this many failures in a row the webhook is left alone for a while, whatever else waits for it. */
const FAILURES_A_RUN = 3;
const REST_MS = 5_000;
/** The deployment's keyring no longer has the key that sealed the secret. */
const UNREADABLE: AttemptResult = {
  kind: "failed",
  status: null,
  reason: "The secret cannot be decrypted by this deployment: rotate it",
};
/** When to try again after D1 has failed. */
const D1_FAILED_MS = 30_000;

/**
 * Delivers what the outbox has for one webhook, in the order of the changes. There is one object for each webhook, so that a
 * slow one holds up nobody else. A failed delivery waits behind others that are due before its next attempt. A delivery is
 * recorded only after it was made: if the object is stopped in between, it is repeated with the same `webhook-id`.
 *
 * The outbox is authoritative: if an alarm is lost, the cron finds out (`tend-webhooks.ts`).
 */
export class WebhookDispatcher extends DurableObject<Variables & { DB: D1Database }> {
  #restsUntil = 0;

  /** Starts delivering everything that is due; returns at once. */
  async poke(webhook: string): Promise<void> {
    this.ctx.storage.kv.put("webhook", webhook);
    await this.#wakeAt(Date.now());
  }

  override async alarm(): Promise<void> {
    const webhook = this.ctx.storage.kv.get<string>("webhook");
    if (webhook === undefined) return;
    try {
      if (Date.now() >= this.#restsUntil) {
        const last = await this.#deliver(webhook);
        if (last !== null) {
          await boundBacklog(this.env.DB, last, Date.now());
          await boundHistory(this.env.DB, webhook);
        }
      }
      const next = await nextDueAt(this.env.DB, webhook);
      if (next !== null) await this.#wakeAt(next);
    } catch (error) {
      log("webhook_run_failed", { webhook, error });
      await this.#wakeAt(Date.now() + D1_FAILED_MS);
    }
  }

  /** Sets the alarm, unless it is already set to an earlier time, but not to before the rest is over. */
  async #wakeAt(time: number): Promise<void> {
    const at = Math.max(time, this.#restsUntil);
    const set = await this.ctx.storage.getAlarm();
    if (set === null || at < set) await this.ctx.storage.setAlarm(at);
  }

  /** Makes the deliveries that are due; returns the last one that it tried. */
  async #deliver(webhook: string): Promise<DueDelivery | null> {
    const end = Date.now() + RUN_MS;
    let failures = 0;
    let last: DueDelivery | null = null;
    for (let count = 0; count < DELIVERIES_A_RUN && Date.now() < end; count++) {
      // Read again each time, since it may have been deleted, disabled or changed meanwhile.
      const delivery = await nextDue(this.env.DB, webhook, Date.now());
      if (delivery === null) return last;
      last = delivery;
      failures = (await this.#attempt(delivery)) ? 0 : failures + 1;
      if (failures < FAILURES_A_RUN) continue;
      this.#restsUntil = Date.now() + REST_MS;
      return last;
    }
    return last;
  }

  /** Returns whether the delivery succeeded. */
  async #attempt(delivery: DueDelivery): Promise<boolean> {
    // Loaded when first needed, so that other requests do not pay for signatures.
    const { attempt } = await import("./attempt.ts");
    const now = Date.now();
    const { url, event: id, type, body, previousSecret, previousSecretUntil } = delivery;
    const settings = settingsOf(this.env);
    const opened = (kept: string) => openedSecret(kept, delivery.webhook, settings.keyring);
    const current = opened(delivery.secret);
    const holdsStill = previousSecret !== null && now < (previousSecretUntil ?? 0);
    const previous = holdsStill ? opened(previousSecret) : null;
    const secrets = [current, previous].filter((secret) => secret !== null);
    const result =
      current === null ? UNREADABLE : await attempt({ url, secrets }, { id, type, body }, originPolicy(settings), now);
    const ended = Date.now();
    await recordAttempt(this.env.DB, delivery, result, judgeAttempt(result, delivery, ended), ended);
    return result.kind === "delivered";
  }
}
