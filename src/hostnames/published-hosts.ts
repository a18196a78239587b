import { BOUNDS, daysBefore } from "../db/bounds.ts";
import type { HostDocument } from "./host-document.ts";

/** The document that the zone table should have for a hostname; null: nobody ever had it. */
export async function hostDocumentOf(db: D1Database, hostname: string): Promise<HostDocument | null> {
  const row = await db
    .prepare(
      `SELECT hostname, hosts.revision, zones.id, zones.name FROM hosts LEFT JOIN zones ON zones.id = zone_id
       WHERE hostname = ?1`,
    )
    .bind(hostname)
    .first<{ hostname: string; revision: number; id: string | null; name: string | null }>();
  if (row === null) return null;
  const { revision, id, name } = row;
  if (id === null || name === null) return { hostname, state: "deleted", zone: null, revision };
  return { hostname, state: "active", zone: { name, id }, revision };
}

/** Records that the table has a hostname's document. */
export async function markHostPublished(db: D1Database, { hostname, revision }: HostDocument): Promise<void> {
  await db
    .prepare("UPDATE hosts SET published_revision = ?2 WHERE hostname = ?1 AND published_revision < ?2")
    .bind(hostname, revision)
    .run();
}

/** Hostnames whose newest change has not reached the table. */
export async function laggingHosts(db: D1Database, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT hostname FROM hosts WHERE published_revision < revision ORDER BY hostname LIMIT ?1")
    .bind(limit)
    .all<{ hostname: string }>();
  return results.map(({ hostname }) => hostname);
}

/** Whether the newest change of a hostname has not reached the table. */
export async function isLagging(db: D1Database, hostname: string): Promise<boolean> {
  const lagging = db
    .prepare("SELECT 1 FROM hosts WHERE hostname = ?1 AND published_revision < revision")
    .bind(hostname);
  return (await lagging.first()) !== null;
}

/** The hostnames that lead to a zone. */
export async function hostnamesOf(db: D1Database, zone: string): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT hostname FROM hosts WHERE zone_id = ?1 ORDER BY hostname")
    .bind(zone)
    .all<{ hostname: string }>();
  return results.map(({ hostname }) => hostname);
}

/** A row of a hostname that leads to a zone. */
export interface StoredHostname {
  hostname: string;
  zone: string;
}

/** The hostnames of the zones that have or had a name. */
export function hostnamesStatement(db: D1Database, name: string): D1PreparedStatement {
  return db
    .prepare(
      `SELECT hostname, zone_id AS zone FROM hosts WHERE zone_id IN (SELECT id FROM zones WHERE name = ?1)
       ORDER BY hostname`,
    )
    .bind(name);
}

/** The hostnames among these rows that lead to a zone; undefined: there are none. */
export function readHostnames(stored: readonly StoredHostname[], zone: string): string[] | undefined {
  const own = stored.filter((one) => one.zone === zone).map(({ hostname }) => hostname);
  return own.length === 0 ? undefined : own;
}

/** The zone that a hostname leads to; null: it leads to none. */
export async function zoneOfHost(db: D1Database, hostname: string): Promise<string | null> {
  return db
    .prepare("SELECT zones.name FROM hosts JOIN zones ON zones.id = zone_id WHERE hostname = ?1")
    .bind(hostname)
    .first<string>("name");
}

/** How many hostnames one run of the cron drops. */
const DROPPED_BOUND = 1_000;

/** For the cron: drops hostnames that nobody has had for long, once the table knows and no certificate is left. */
export async function dropLeftHosts(db: D1Database, now: number): Promise<void> {
  await db
    .prepare(
      `DELETE FROM hosts WHERE hostname IN (
         SELECT hostname FROM hosts WHERE zone_id IS NULL AND updated_at < ?1 AND published_revision >= revision
           AND certificate_id IS NULL ORDER BY updated_at LIMIT ?2)`,
    )
    .bind(daysBefore(now, BOUNDS.hosts.over.days), DROPPED_BOUND)
    .run();
}
