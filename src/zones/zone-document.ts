import { hostnamesStatement, readHostnames, type StoredHostname } from "../hostnames/published-hosts.ts";
import { downBy, readFailures } from "./origin-check-rows.ts";
import { buildPurgeLog, EMPTY_PURGE_LOG, PURGE_LOG_BOUND, PURGE_LOG_SECONDS } from "./purge/purge-log.ts";
import { purgesStatement, readPurges, type StoredPurge } from "./purge/purges.ts";
import { completeSettings, type StoredSettings, type ZoneSettings } from "./settings.ts";
import { readSigningKeys, type SigningKeyRow, signingKeysStatement } from "./signing-key-rows.ts";
import { readTakedowns, type StoredTakedown, takedownsStatement } from "./takedown-rows.ts";
import type { ZoneDocument } from "./zone.ts";

type RawZone = Omit<ZoneDocument, "settings" | "purges"> & { settings: string; origin_failures: string | null };

/** The document that the zone table should hold for a name, that of its newest zone; null: no zone ever had the name. */
export async function documentOf(db: D1Database, name: string, now: number): Promise<ZoneDocument | null> {
  // Read at one moment, in one round trip.
  const [zones, purges, taken, own, keys] = await db.batch([
    db
      .prepare(
        `SELECT id, account_id AS account, name, mode, state, origin, settings, version, origin_failures FROM zones
         WHERE name = ?1 ORDER BY version DESC LIMIT 1`,
      )
      .bind(name),
    purgesStatement(db, name, now - PURGE_LOG_SECONDS * 1000, PURGE_LOG_BOUND),
    takedownsStatement(db, name),
    hostnamesStatement(db, name),
    signingKeysStatement(db, name),
  ]);
  const row = zones!.results[0] as RawZone | undefined;
  if (row === undefined) return null;
  const { origin_failures, ...zone } = row;
  const settings = forTheEdge(JSON.parse(zone.settings) as StoredSettings);
  if (zone.state === "deleted") return { ...zone, settings, purges: EMPTY_PURGE_LOG };
  const log = buildPurgeLog(readPurges(purges!.results as StoredPurge[], PURGE_LOG_BOUND));
  const takedowns = readTakedowns(taken!.results as StoredTakedown[], zone.account, settings.query);
  const hostnames = readHostnames(own!.results as StoredHostname[], zone.id);
  const signing_keys = readSigningKeys(keys!.results as SigningKeyRow[]);
  const origins_down = settings.failover.check_path === undefined ? [] : downBy(readFailures(origin_failures));
  return {
    ...zone,
    settings,
    purges: log,
    ...(takedowns !== undefined && { takedowns }),
    ...(hostnames !== undefined && { hostnames }),
    ...(signing_keys !== undefined && { signing_keys }),
    ...(origins_down.length > 0 && { origins_down }),
  };
}

/** The edge need not know where logs are delivered. */
function forTheEdge({ logs, ...stored }: StoredSettings): ZoneSettings {
  const settings = completeSettings(stored);
  if (logs == null) return settings;
  const { target: _, ...rest } = logs;
  return { ...settings, logs: rest };
}

/** Notes that the table holds a document. Zones that had its name before have nothing left to publish. */
export async function markPublished(db: D1Database, document: ZoneDocument): Promise<void> {
  await db
    .prepare(
      `UPDATE zones SET published_version = MIN(version, ?2)
       WHERE name = ?1 AND published_version < MIN(version, ?2)`,
    )
    .bind(document.name, document.version)
    .run();
}

/** The names whose newest change the table does not have yet. */
export async function laggingNames(db: D1Database, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT DISTINCT name FROM zones WHERE published_version < version ORDER BY name LIMIT ?1")
    .bind(limit)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}
