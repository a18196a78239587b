import { BOUNDS, daysBefore, rowsOf } from "../db/bounds.ts";
import type { Plan } from "./plans.ts";

/** When to try again if an account has used as many Idempotency-Keys within a day as it may, seconds. */
export const TOO_MANY_RETRY_SECONDS = 3_600;

/** After how long an unanswered request is assumed to have crashed, seconds. */
const CRASHED_SECONDS = 60;

/** An Idempotency-Key of one API key. */
export interface IdempotencyKey {
  apiKeyId: string;
  /** The digest of the header's value. */
  key: string;
}

/** The account of an API key, for the limit on how many answers are kept. */
export interface KeptFor {
  account: string;
  plan: Plan;
}

/** Whether a request is the first with its Idempotency-Key, or what happened to the earlier one. */
export type Claim =
  | { kind: "first" }
  | { kind: "answered"; sealed: Uint8Array }
  | { kind: "other-request" }
  | { kind: "too-many"; rows: number }
  | { kind: "in-progress" };

/**
 * Claims an Idempotency-Key for a request, in one transaction. Of several at once, exactly one is the first.
 *
 * @param keptFor whose key it is
 * @param fingerprint distinguishes the request from any other
 * @param now ms since the epoch
 */
export async function claim(
  db: D1Database,
  { apiKeyId, key }: IdempotencyKey,
  { account, plan }: KeptFor,
  fingerprint: string,
  now: number,
): Promise<Claim> {
  const rows = rowsOf(BOUNDS.idempotency_keys.rows, plan);
  const [inserted, found] = await db.batch<{ fingerprint: string; answer: number[] | null }>([
    db
      .prepare(
        `INSERT INTO idempotency_keys (api_key_id, key, fingerprint, created_at, account_id) SELECT ?1, ?2, ?3, ?4, ?7
         WHERE EXISTS (SELECT 1 FROM idempotency_keys WHERE api_key_id = ?1 AND key = ?2)
            OR (SELECT COUNT(*) FROM idempotency_keys WHERE account_id = ?7) < ?8
         ON CONFLICT DO UPDATE SET fingerprint = ?3, answer = NULL, created_at = ?4
         WHERE created_at <= ?5 OR (answer IS NULL AND fingerprint = ?3 AND created_at <= ?6)`,
      )
      .bind(
        apiKeyId,
        key,
        fingerprint,
        now,
        daysBefore(now, BOUNDS.idempotency_keys.days),
        now - CRASHED_SECONDS * 1000,
        account,
        rows,
      ),
    db
      .prepare("SELECT fingerprint, answer FROM idempotency_keys WHERE api_key_id = ?1 AND key = ?2")
      .bind(apiKeyId, key),
  ]);
  if (inserted?.meta.changes) return { kind: "first" };
  const row = found?.results[0];
  if (row === undefined) return { kind: "too-many", rows };
  if (row.fingerprint !== fingerprint) return { kind: "other-request" };
  return row.answer === null ? { kind: "in-progress" } : { kind: "answered", sealed: Uint8Array.from(row.answer) };
}

/** Stores the answer to the request that claimed the key at `claimedAt`, unless another request has taken over since. */
export async function keepAnswer(
  db: D1Database,
  { apiKeyId, key }: IdempotencyKey,
  claimedAt: number,
  sealed: Uint8Array,
): Promise<void> {
  await db
    .prepare(
      `UPDATE idempotency_keys SET answer = ?4
       WHERE api_key_id = ?1 AND key = ?2 AND created_at = ?3 AND answer IS NULL`,
    )
    .bind(apiKeyId, key, claimedAt, sealed)
    .run();
}

/** Frees a key that was claimed at `claimedAt`: the next request with it counts as the first. */
export async function release(db: D1Database, { apiKeyId, key }: IdempotencyKey, claimedAt: number): Promise<void> {
  await db
    .prepare("DELETE FROM idempotency_keys WHERE api_key_id = ?1 AND key = ?2 AND created_at = ?3 AND answer IS NULL")
    .bind(apiKeyId, key, claimedAt)
    .run();
}
