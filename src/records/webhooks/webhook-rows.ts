import { type Actor, auditStatement } from "../../accounts/audit-log.ts";
import type { EventName } from "./events.ts";
import type { DisabledReason } from "./judge-attempt.ts";

/** A webhook as its owner may see it. Times in ms since the epoch. */
export interface WebhookRow {
  id: string;
  url: string;
  events: EventName[];
  enabled: boolean;
  /** Null: it is enabled, or its owner has disabled it. */
  disabledReason: DisabledReason | null;
  /** The first failure after the last success; null: the last attempt succeeded, or there was none. */
  failingSince: number | null;
  lastResult: LastResult | null;
  createdAt: number;
  updatedAt: number;
}

/** The result of a webhook's last attempt. */
export interface LastResult {
  at: number;
  /** Id of the event. */
  event: string;
  type: string;
  delivered: boolean;
  status: number | null;
  reason: string | null;
}

type RawRow = Omit<WebhookRow, "events" | "enabled" | "lastResult"> & {
  events: string;
  state: "enabled" | "disabled";
  lastResult: string | null;
};

const COLUMNS = `id, url, events, state, disabled_reason AS disabledReason, failing_since AS failingSince,
                 last_result AS lastResult, created_at AS createdAt, updated_at AS updatedAt`;

function parse({ state, events, lastResult, ...row }: RawRow): WebhookRow {
  return {
    ...row,
    events: JSON.parse(events) as EventName[],
    enabled: state === "enabled",
    lastResult: lastResult === null ? null : (JSON.parse(lastResult) as LastResult),
  };
}

/** The webhook of an account with an id. */
export async function findWebhook(db: D1Database, account: string, id: string): Promise<WebhookRow | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM webhooks WHERE id = ?1 AND account_id = ?2 AND state <> 'deleted'`)
    .bind(id, account)
    .first<RawRow>();
  return row && parse(row);
}

/** A page of an account's webhooks, oldest first, and how many there are on all pages. */
export async function listWebhooks(
  db: D1Database,
  account: string,
  page: { limit: number; offset: number },
): Promise<{ webhooks: WebhookRow[]; total: number }> {
  const where = "account_id = ?1 AND state <> 'deleted'";
  const [webhooks, total] = await db.batch([
    db
      .prepare(`SELECT ${COLUMNS} FROM webhooks WHERE ${where} ORDER BY created_at, id LIMIT ?2 OFFSET ?3`)
      .bind(account, page.limit, page.offset),
    db.prepare(`SELECT COUNT(*) AS total FROM webhooks WHERE ${where}`).bind(account),
  ]);
  return {
    webhooks: (webhooks!.results as RawRow[]).map(parse),
    total: (total!.results as { total: number }[])[0]!.total,
  };
}

export type NewWebhook = Pick<WebhookRow, "id" | "url" | "events" | "enabled"> & { secret: string };

/** Adds a webhook. Null: the account already has `limit` webhooks, or as many deleted ones as are kept. */
export async function insertWebhook(
  db: D1Database,
  actor: Actor,
  webhook: NewWebhook,
  limits: { webhooks: number; deleted: number },
  now: number,
): Promise<WebhookRow | null> {
  const { id, url, events, enabled, secret } = webhook;
  const insert = db
    .prepare(
      `INSERT INTO webhooks (id, account_id, url, events, state, secret, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7
       WHERE (SELECT COUNT(*) FROM webhooks WHERE account_id = ?2 AND state <> 'deleted') < ?8
         AND (SELECT COUNT(*) FROM webhooks WHERE account_id = ?2 AND state = 'deleted') < ?9
       RETURNING ${COLUMNS}`,
    )
    .bind(
      id,
      actor.account,
      url,
      JSON.stringify(events),
      stateOf(enabled),
      secret,
      now,
      limits.webhooks,
      limits.deleted,
    );
  const change = { action: "webhook.create", target: id, before: null, after: logged(webhook) };
  const [inserted] = await db.batch<RawRow>([insert, auditStatement(db, actor, change, now)]);
  const row = inserted?.results[0];
  return row === undefined ? null : parse(row);
}

export type WebhookChange = { [Field in "url" | "events" | "enabled"]?: WebhookRow[Field] | undefined };

/**
 * Changes the given fields of a webhook. If it is enabled again, it continues with what waits for it, as if it had never
 * failed. Null: it is gone.
 */
export async function updateWebhook(
  db: D1Database,
  actor: Actor,
  before: WebhookRow,
  change: WebhookChange,
  now: number,
): Promise<WebhookRow | null> {
  const { url = null, events, enabled } = change;
  const update = db
    .prepare(
      `UPDATE webhooks SET url = COALESCE(?3, url), events = COALESCE(?4, events), state = COALESCE(?5, state),
              disabled_reason = CASE WHEN ?5 IS NULL THEN disabled_reason END,
              failing_since = CASE WHEN ?5 = 'enabled' AND state = 'disabled' THEN NULL ELSE failing_since END,
              updated_at = ?6
       WHERE id = ?1 AND account_id = ?2 AND state <> 'deleted' RETURNING ${COLUMNS}`,
    )
    .bind(
      before.id,
      actor.account,
      url,
      events === undefined ? null : JSON.stringify(events),
      enabled === undefined ? null : stateOf(enabled),
      now,
    );
  const entry = {
    action: "webhook.update",
    target: before.id,
    before: logged(before),
    after: logged({
      ...before,
      url: url ?? before.url,
      events: events ?? before.events,
      enabled: enabled ?? before.enabled,
    }),
  };
  const [updated] = await db.batch<RawRow>([update, auditStatement(db, actor, entry, now)]);
  const row = updated?.results[0];
  return row === undefined ? null : parse(row);
}

/** Deletes a webhook: nothing more is sent to it. False: it is gone. */
export async function deleteWebhook(db: D1Database, actor: Actor, before: WebhookRow, now: number): Promise<boolean> {
  const remove = db
    .prepare(
      `UPDATE webhooks SET state = 'deleted', secret = '', previous_secret = NULL, updated_at = ?3
       WHERE id = ?1 AND account_id = ?2 AND state <> 'deleted'`,
    )
    .bind(before.id, actor.account, now);
  const change = { action: "webhook.delete", target: before.id, before: logged(before), after: null };
  const [removed] = await db.batch([remove, auditStatement(db, actor, change, now)]);
  return (removed?.meta.changes ?? 0) > 0;
}

/**
 * Gives a webhook a new secret. The old one goes on signing beside it for a while; a secret rotated before that one does not.
 * Null: the webhook is gone.
 *
 * @param until when the old one stops signing, ms since the epoch
 */
export async function rotateSecret(
  db: D1Database,
  actor: Actor,
  id: string,
  secret: string,
  until: number,
  now: number,
): Promise<WebhookRow | null> {
  const rotate = db
    .prepare(
      `UPDATE webhooks SET previous_secret = secret, previous_secret_until = ?4, secret = ?3, updated_at = ?5
       WHERE id = ?1 AND account_id = ?2 AND state <> 'deleted' RETURNING ${COLUMNS}`,
    )
    .bind(id, actor.account, secret, until, now);
  const change = { action: "webhook.rotate_secret", target: id, before: null, after: null };
  const [rotated] = await db.batch<RawRow>([rotate, auditStatement(db, actor, change, now)]);
  const row = rotated?.results[0];
  return row === undefined ? null : parse(row);
}

function stateOf(enabled: boolean): "enabled" | "disabled" {
  return enabled ? "enabled" : "disabled";
}

/** A webhook as recorded in the audit log. The path and query of its URL may contain credentials. */
function logged({ url, events, enabled }: Pick<WebhookRow, "url" | "events" | "enabled">) {
  return { origin: new URL(url).origin, events, enabled };
}
