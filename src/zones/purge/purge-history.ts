import { BOUNDS, daysBefore } from "../../db/bounds.ts";
import type { Page } from "../../db/position.ts";
import type { ZoneScope } from "../rows.ts";
import type { PurgeTarget } from "./purges.ts";

/** A purge as it was recorded. */
export interface RecordedPurge {
  id: string;
  /** Id of the zone, which may be gone by now. */
  zone: string;
  zoneName: string;
  /** Id of the key, or of the person, that asked. */
  key: string;
  /** Null: the key is long gone. */
  keyName: string | null;
  soft: boolean;
  /** How many things it named. */
  count: number;
  /** Ms since the epoch. */
  createdAt: number;
  /** Whether the zone table holds it. */
  isPublished: boolean;
}

/** How many names of a purge a list shows, and how many characters of each. */
const SHOWN_NAMES = 10;
const SHOWN_CHARACTERS = 256;

/** With what it named. */
export type NamedPurge = RecordedPurge & { targets: PurgeTarget[] };

type Row = Omit<RecordedPurge, "soft" | "isPublished" | "count"> & { soft: 0 | 1; isPublished: 0 | 1 };

const COLUMNS = `purges.id, zone_id AS zone, zones.name AS zoneName, created_by AS key, COALESCE(api_keys.name, people.email) AS keyName, soft,
  at AS createdAt, zones.published_version >= purges.version AS isPublished`;

const JOINED = `purges JOIN zones ON zones.id = zone_id LEFT JOIN api_keys ON api_keys.id = created_by
  LEFT JOIN people ON people.id = created_by`;

/** The first names of a purge, as JSON: its kinds and values. */
const FIRST_NAMES = `(SELECT json_group_array(json_object('kind', kind, 'value', value)) FROM (
    SELECT kind, CASE WHEN length(value) > ${SHOWN_CHARACTERS} THEN substr(value, 1, ${SHOWN_CHARACTERS}) || '…' ELSE value END AS value
    FROM purges AS named WHERE named.id = purges.id ORDER BY kind, value LIMIT ${SHOWN_NAMES}))`;

/** ?1 is the scope's account, ?2 its mode, ?3 the zones that its key is restricted to. */
const IN_SCOPE = `purges.account_id = ?1 AND zones.mode = ?2
  AND (?3 IS NULL OR zone_id IN (SELECT value FROM json_each(?3)))`;

function scopeValues({ account, mode, zones }: ZoneScope) {
  return [account, mode, zones && JSON.stringify(zones)];
}

function parse({ id, zone, zoneName, key, keyName, soft, createdAt, isPublished }: Row, count: number): RecordedPurge {
  return { id, zone, zoneName, key, keyName, soft: soft === 1, count, createdAt, isPublished: isPublished === 1 };
}

/**
 * The purges in scope, newest first, each with the first of what it named.
 *
 * @param zone id of the zone whose purges are wanted; null: all zones
 */
export async function listPurges(
  db: D1Database,
  scope: ZoneScope,
  zone: string | null,
  page: Page,
): Promise<NamedPurge[]> {
  const { createdAt, id } = page.after ?? { createdAt: Number.MAX_SAFE_INTEGER, id: "" };
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS}, COUNT(*) AS count, ${FIRST_NAMES} AS targets FROM ${JOINED}
       WHERE ${IN_SCOPE} AND (?4 IS NULL OR zone_id = ?4) AND (at, purges.id) < (?5, ?6)
       GROUP BY at, purges.id ORDER BY at DESC, purges.id DESC LIMIT ?7`,
    )
    .bind(...scopeValues(scope), zone, createdAt, id, page.limit)
    .all<Row & { count: number; targets: string }>();
  return results.map((row) => ({
    ...parse(row, row.count),
    targets: JSON.parse(row.targets) as PurgeTarget[],
  }));
}

/** The purge in scope with this id, with everything that it named. */
export async function findPurge(db: D1Database, scope: ZoneScope, id: string): Promise<NamedPurge | null> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS}, kind, value FROM ${JOINED}
       WHERE ${IN_SCOPE} AND purges.id = ?4 ORDER BY kind, value`,
    )
    .bind(...scopeValues(scope), id)
    .all<Row & PurgeTarget>();
  const [first] = results;
  if (first === undefined) return null;
  return { ...parse(first, results.length), targets: results.map(({ kind, value }) => ({ kind, value })) };
}

/** For the cron: forgets purges, a day after no stored response can be older than they are. At most `limit` of their rows. */
export async function dropOldPurges(db: D1Database, now: number, limit = 5_000): Promise<void> {
  await db
    .prepare(
      `DELETE FROM purges WHERE (zone_id, version, kind, value) IN
         (SELECT zone_id, version, kind, value FROM purges WHERE at < ?1 ORDER BY at LIMIT ?2)`,
    )
    .bind(daysBefore(now, BOUNDS.purges.days), limit)
    .run();
}
