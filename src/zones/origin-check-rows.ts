import type { ZoneRow } from "./rows.ts";
import { completeSettings, type StoredSettings, type ZoneSettings } from "./settings.ts";

/** So many checks that fail in a row, and an origin counts as down; one that does not, and it is up. */
const FAILURES = 2;

/** A zone is looked after once a minute: a run that comes a little early counts, ms. */
const PAUSE_MS = 50_000;

/** How often in a row each origin has failed, by name; those that have not are left out. */
export type OriginFailures = Readonly<Record<string, number>>;

/** A zone whose origins are to be checked now. */
export interface DueZone extends Pick<ZoneRow, "id" | "account" | "name" | "mode" | "origin" | "version"> {
  settings: ZoneSettings;
  failures: OriginFailures;
}

type RawDueZone = Omit<DueZone, "settings" | "failures"> & { settings: string; failures: string | null };

/** Takes zones that want their origins checked, those first that have waited the longest. @param now ms since the epoch */
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
  return text === null ? {} : (JSON.parse(text) as OriginFailures);
}

/** The names of those that count as down. */
export function downBy(failures: OriginFailures): string[] {
  return Object.keys(failures).filter((name) => failures[name]! >= FAILURES);
}

/** Keeps what was found. Where another origin counts as down by it the zone's version is raised, and has to be published: true. */
export async function keepFailures(db: D1Database, zone: DueZone, found: OriginFailures): Promise<boolean> {
  const isOther = downBy(zone.failures).sort().join() !== downBy(found).sort().join();
  if (!isOther && JSON.stringify(zone.failures) === JSON.stringify(found)) return false;
  await db
    .prepare("UPDATE zones SET origin_failures = ?2, version = version + ?3 WHERE id = ?1 AND state <> 'deleted'")
    .bind(zone.id, JSON.stringify(found), isOther ? 1 : 0)
    .run();
  return isOther;
}
