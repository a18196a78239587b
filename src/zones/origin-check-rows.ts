import type { ZoneRow } from "./rows.ts";
import { completeSettings, type StoredSettings, type ZoneSettings } from "./settings.ts";

/** After this many failed checks in a row an origin counts as down. After one good check it is up again. */
const FAILURES = 2;

/** A zone is checked once a minute. A run may come a little early, ms. */
const PAUSE_MS = 50_000;

/** The last checks of an origin, if they failed in a row. */
export interface FailedChecks {
  times: number;
  /** When the first of them was, ms since the epoch, and the last one's result; null: they were not stored. */
  since: number | null;
  reason: string | null;
}

/** By origin name, without those whose last check did not fail. */
export type OriginFailures = Readonly<Record<string, FailedChecks>>;

/** A zone whose origins are due to be checked. */
export interface DueZone extends Pick<ZoneRow, "id" | "account" | "name" | "mode" | "origin" | "version"> {
  settings: ZoneSettings;
  failures: OriginFailures;
}

type RawDueZone = Omit<DueZone, "settings" | "failures"> & { settings: string; failures: string | null };

/**
 * Takes zones whose origins are due to be checked, starting with those that have waited longest.
 *
 * @param now ms since the epoch
 */
export async function takeDueZones(db: D1Database, now: number, limit: number): Promise<DueZone[]> {
  const { results } = await db
    .prepare(
      `UPDATE zones SET origins_checked_at = ?1 WHERE id IN (
         SELECT id FROM zones
         WHERE state = 'active' AND json_extract(settings, '$.failover.check_path') IS NOT NULL
           AND origins_checked_at <= ?2 ORDER BY origins_checked_at LIMIT ?3)
       RETURNING id, account_id AS account, name, mode, origin, version, settings, origin_failures AS failures`,
    )
    .bind(now, now - PAUSE_MS, limit)
    .all<RawDueZone>();
  return results.map((raw) => ({
    ...raw,
    settings: completeSettings(JSON.parse(raw.settings) as StoredSettings),
    failures: readFailures(raw.failures),
  }));
}

export function readFailures(text: string | null): OriginFailures {
  const kept = text === null ? {} : (JSON.parse(text) as Record<string, FailedChecks | number>);
  // Older rows have only their number.
  const read = ([name, failed]: [string, FailedChecks | number]) =>
    [name, typeof failed === "number" ? { times: failed, since: null, reason: null } : failed] as const;
  return Object.fromEntries(Object.entries(kept).map(read));
}

/** Whether an origin's checks make it count as down. */
export function isDownBy({ times }: FailedChecks): boolean {
  return times >= FAILURES;
}

/** The names of the origins that count as down. */
export function downBy(failures: OriginFailures): string[] {
  return Object.keys(failures).filter((name) => isDownBy(failures[name]!));
}

/** The results of the checks of a zone's origins. `checkedAt`: ms since the epoch, 0 before the first. */
export async function readChecks(
  db: D1Database,
  zone: string,
): Promise<{ checkedAt: number; failures: OriginFailures }> {
  const row = await db
    .prepare("SELECT origins_checked_at AS checkedAt, origin_failures AS failures FROM zones WHERE id = ?1")
    .bind(zone)
    .first<{ checkedAt: number; failures: string | null }>();
  return { checkedAt: row?.checkedAt ?? 0, failures: readFailures(row?.failures ?? null) };
}

/**
 * Stores what was found. Returns true if this changes which origins count as down: then the zone's version was raised, and it
 * has to be published.
 */
export async function keepFailures(db: D1Database, zone: DueZone, found: OriginFailures): Promise<boolean> {
  const isOther = downBy(zone.failures).sort().join() !== downBy(found).sort().join();
  if (!isOther && JSON.stringify(zone.failures) === JSON.stringify(found)) return false;
  await db
    .prepare("UPDATE zones SET origin_failures = ?2, version = version + ?3 WHERE id = ?1 AND state <> 'deleted'")
    .bind(zone.id, JSON.stringify(found), isOther ? 1 : 0)
    .run();
  return isOther;
}
