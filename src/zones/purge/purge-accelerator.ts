import { DurableObject } from "cloudflare:workers";
import { BOUNDS, daysBefore } from "../../db/bounds.ts";
import { log } from "../../log/log.ts";
import { settingsOf, type Variables } from "../../settings.ts";
import { MAX_TAGS, purgeTags } from "./cloudflare-purge.ts";

/** How long tags gather before they are sent together. */
const GATHER_MS = 2_000;
/**
 * The limit of the smallest plan: 5 calls a minute, after a bucket of 25 (developers.cloudflare.com/cache/how-to/purge-cache).
 */
const BUCKET_CALLS = 25;
const CALL_EVERY_MS = 12_000;
const LONGEST_RETRY_MS = 300_000;
/** Within a minute every location knows of a purge through KV anyway. */
const GIVE_UP_DAYS = BOUNDS.tags.days;
/** If the queue grows longer, the oldest tags are dropped: the purge log announced them first. */
const QUEUE_BOUND = BOUNDS.tags.rows;

/** What the object remembers between calls. */
interface Pace {
  failures: number;
  /** How many calls may be made at once, and for which time that holds, ms since the epoch. */
  calls: number;
  at: number;
}

/**
 * Purges Cloudflare's cache by tag, for the whole network: there is one such object. It only makes purges faster and frees
 * storage. The purge log alone decides whether something stored may be served, so nothing waits for this or fails because of
 * it.
 */
export class PurgeAccelerator extends DurableObject<Variables> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Variables) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec("CREATE TABLE IF NOT EXISTS tags (tag TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID");
  }

  /** Adds tags to the queue. A tag that is in it already is sent only once. */
  async enqueue(tags: readonly string[]): Promise<void> {
    const now = Date.now();
    this.#sql.exec(
      `INSERT INTO tags (tag, at) SELECT value, ?1 FROM json_each(?2) WHERE true
       ON CONFLICT (tag) DO UPDATE SET at = excluded.at`,
      now,
      JSON.stringify(tags),
    );
    const dropped = this.#sql.exec(
      "DELETE FROM tags WHERE tag IN (SELECT tag FROM tags ORDER BY at DESC, tag LIMIT -1 OFFSET ?)",
      QUEUE_BOUND,
    ).rowsWritten;
    if (dropped > 0) log("purge_acceleration_overflow", { tags: dropped });
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(now + GATHER_MS);
  }

  /** Sends the oldest tags, as many as one call takes. */
  override async alarm(): Promise<void> {
    const { cloudflare } = settingsOf(this.env);
    const now = Date.now();
    const dropped = this.#sql.exec("DELETE FROM tags WHERE at < ?", daysBefore(now, GIVE_UP_DAYS)).rowsWritten;
    if (dropped > 0) log("purge_acceleration_given_up", { tags: dropped });
    const batch = this.#sql
      .exec<{ tag: string; at: number }>("SELECT tag, at FROM tags ORDER BY at, tag LIMIT ?", MAX_TAGS)
      .toArray();
    if (cloudflare === null || batch.length === 0) return;
    const full = refilled(this.ctx.storage.kv.get<Pace>("pace"), now);
    if (full.calls < 1) return this.#next(full, CALL_EVERY_MS);
    const pace = { ...full, calls: full.calls - 1 };
    const answer = await purgeTags(
      cloudflare,
      batch.map(({ tag }) => tag),
    );
    switch (answer.kind) {
      case "purged":
        // A tag that was queued again meanwhile has a later time.
        for (const { tag, at } of batch) this.#sql.exec("DELETE FROM tags WHERE tag = ? AND at = ?", tag, at);
        return this.#next({ ...pace, failures: 0 }, GATHER_MS);
      case "limited":
        log("purge_acceleration_limited", { retry_ms: answer.retryAfterMs });
        return this.#next({ ...pace, calls: 0 }, answer.retryAfterMs);
      case "failed": {
        const failures = pace.failures + 1;
        log("purge_acceleration_failed", { failures, reason: answer.reason });
        return this.#next({ ...pace, failures }, Math.min(2 ** failures * 1_000, LONGEST_RETRY_MS));
      }
      default:
        return answer satisfies never;
    }
  }

  /** Plans the next call, if there is something left to send. */
  async #next(pace: Pace, delayMs: number): Promise<void> {
    this.ctx.storage.kv.put("pace", pace);
    const left = this.#sql.exec<{ tags: number }>("SELECT COUNT(*) AS tags FROM tags").one().tags;
    if (left === 0) return;
    await this.ctx.storage.setAlarm(Date.now() + delayMs);
  }
}

/** The pace, with the calls that have become available since. */
function refilled(pace: Pace | undefined, now: number): Pace {
  if (pace === undefined) return { failures: 0, calls: BUCKET_CALLS, at: now };
  return { ...pace, calls: Math.min(BUCKET_CALLS, pace.calls + Math.max(0, now - pace.at) / CALL_EVERY_MS), at: now };
}
