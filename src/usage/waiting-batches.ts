import type { UsageBatch, ZoneHour } from "./batch.ts";

/** Batches as they arrived, until they are folded into hours and days. Each is one row, or a row for each megabyte. */

/** About how many characters a row may hold: SQLite takes no text over 2 MB here. */
const ROW_CHARACTERS = 1_000_000;

/** A row with its contents. */
export interface WaitingRow {
  source: string;
  number: number;
  part: number;
  size: number;
  zones: ZoneHour[];
}

export function createWaitingBatches(sql: SqlStorage): void {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS batches (
       source TEXT NOT NULL, number INTEGER NOT NULL, part INTEGER NOT NULL, zones TEXT NOT NULL,
       PRIMARY KEY (source, number, part)
     ) STRICT, WITHOUT ROWID`,
  );
  sql.exec(
    `CREATE TABLE IF NOT EXISTS sources (
       source TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID`,
  );
}

/** Whether a batch has not been counted yet. A source makes no batch before its last one has arrived. */
export function isNew(sql: SqlStorage, { source, number }: UsageBatch): boolean {
  const known = sql.exec(
    `SELECT 1 FROM batches WHERE source = ?1 AND number >= ?2
     UNION ALL SELECT 1 FROM sources WHERE source = ?1 AND number >= ?2 LIMIT 1`,
    source,
    number,
  );
  return known.toArray().length === 0;
}

/** Stores a batch, and returns its size in characters. */
export function keepBatch(sql: SqlStorage, { source, number, zones }: UsageBatch): number {
  let size = 0;
  let part = 0;
  let texts: string[] = [];
  let held = 0;
  const write = () => {
    sql.exec(
      "INSERT INTO batches (source, number, part, zones) VALUES (?1, ?2, ?3, ?4)",
      source,
      number,
      part++,
      `[${texts.join()}]`,
    );
    size += held;
    texts = [];
    held = 0;
  };
  for (const zone of zones) {
    const text = JSON.stringify(zone);
    if (held > 0 && held + text.length > ROW_CHARACTERS) write();
    texts.push(text);
    held += text.length;
  }
  if (held > 0) write();
  return size;
}

/** The rows that wait, in any order. */
export function* waitingRows(sql: SqlStorage): Generator<WaitingRow> {
  const rows = sql.exec<Omit<WaitingRow, "zones" | "size"> & { zones: string }>(
    "SELECT source, number, part, zones FROM batches",
  );
  for (const { zones, ...row } of rows) yield { ...row, size: zones.length, zones: JSON.parse(zones) as ZoneHour[] };
}

/** Removes rows that have been folded, and remembers which batches they were. @param now ms since the epoch */
export function forgetRows(sql: SqlStorage, rows: readonly WaitingRow[], now: number): void {
  for (const { source, number, part } of rows) {
    sql.exec("DELETE FROM batches WHERE source = ?1 AND number = ?2 AND part = ?3", source, number, part);
  }
  const newest = new Map<string, number>();
  for (const { source, number } of rows) newest.set(source, Math.max(number, newest.get(source) ?? 0));
  for (const [source, number] of newest) {
    sql.exec(
      `INSERT INTO sources (source, number, at) VALUES (?1, ?2, ?3)
       ON CONFLICT DO UPDATE SET number = MAX(number, excluded.number), at = excluded.at`,
      source,
      number,
      now,
    );
  }
}

/** How many characters are waiting. */
export function sizeOfWaiting(sql: SqlStorage): number {
  return sql.exec<{ size: number }>("SELECT COALESCE(SUM(LENGTH(zones)), 0) AS size FROM batches").one().size;
}

/** Forgets batches that arrived before a time, ms since the epoch. */
export function dropSources(sql: SqlStorage, before: number): void {
  sql.exec("DELETE FROM sources WHERE at < ?1", before);
}
