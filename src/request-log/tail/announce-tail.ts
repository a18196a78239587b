import { publishAccount } from "../../accounts/account-publication.ts";
import type { AccountPublisher } from "../../accounts/account-publisher.ts";
import { accountTableOf } from "../../accounts/account-table.ts";
import { log } from "../../log/log.ts";
import { ownerOf } from "../../usage/batch.ts";
import { readUsage, type UsageBindings } from "../../usage/read-usage.ts";

/** What announcing needs from the environment. */
export interface AnnouncerEnv extends UsageBindings {
  DB: D1Database;
  ZONES: KVNamespace;
  ACCOUNT_PUBLISHER: DurableObjectNamespace<AccountPublisher>;
}

/** The zone that a tail belongs to. */
export interface TailOwner {
  zone: string;
  account: string;
  mode: "live" | "test";
}

/**
 * Tells every isolate that serves a zone that somebody listens, or no longer does (null). It is written in the account's
 * document, with an end and an initial share: the feed of changes reaches locations within three seconds, the account's meter
 * tells whoever brings it counts, and a single machine knows at once. Nothing that is stored or purged changes.
 */
export async function announceTail(
  env: AnnouncerEnv,
  { zone, account, mode }: TailOwner,
  tail: { until: number; fraction: number } | null,
): Promise<void> {
  const { DB: db } = env;
  await db.batch([
    tail === null
      ? db.prepare("DELETE FROM tails WHERE zone_id = ?1").bind(zone)
      : db
          .prepare(
            `INSERT INTO tails (zone_id, account_id, until, fraction) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET until = excluded.until, fraction = excluded.fraction`,
          )
          .bind(zone, account, tail.until, tail.fraction),
    db.prepare("UPDATE accounts SET revision = revision + 1 WHERE id = ?1").bind(account),
  ]);
  const published = await publishAccount(env.ACCOUNT_PUBLISHER, accountTableOf(env.ZONES), account);
  // The publisher retries by itself.
  if (published.kind === "pending") return;
  try {
    await env.USAGE_METER.getByName(ownerOf({ account, mode })).know(published.document);
  } catch (error) {
    log("meter_not_told", { account, error });
  }
}

/** A zone's requests per second, by what its meter has counted since the beginning of the previous hour. */
export async function rateOf(env: AnnouncerEnv, { zone, account, mode }: TailOwner, now: number): Promise<number> {
  const hour = now - (now % HOUR_MS);
  const from = hour - HOUR_MS;
  const sums = await readUsage(env, ownerOf({ account, mode }), {
    from,
    to: hour + HOUR_MS,
    rows: "hours",
    zones: [zone],
    series: null,
  });
  const requests = sums.zone.reduce((sum, one) => sum + one.requests, 0);
  return requests / ((now - from) / 1_000);
}

const HOUR_MS = 3_600_000;
