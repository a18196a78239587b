import { crc32 } from "../accounts/crc32.ts";

/**
 * Rows that hold many accounts each: writing a row costs the same whatever is in it, and most zones get only a few requests an
 * hour in a location. The counts of a time are spread over 256 rows by account.
 */
export class PackedRows {
  readonly #sql: SqlStorage;
  readonly #open = new Map<string, { kind: PackedKind; at: number; bucket: number; held: Record<string, unknown> }>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** What is stored of a kind and a time for a bucket of accounts, to be read, or changed and saved. */
  open<Held>(kind: PackedKind, at: number, bucket: number): Record<string, Held> {
    const name = `${kind} ${at} ${bucket}`;
    let open = this.#open.get(name);
    if (open === undefined) {
      const [found] = readPacked<Held>(this.#sql, kind, at, at + 1, bucket);
      open = { kind, at, bucket, held: found?.held ?? {} };
      this.#open.set(name, open);
    }
    return open.held as Record<string, Held>;
  }

  /** Writes everything that was opened. */
  save(): void {
    for (const { kind, at, bucket, held } of this.#open.values()) writePacked(this.#sql, kind, at, bucket, held);
  }
}

/** Figures by hour and by day, paths by day, and what accounts have used by month. */
export type PackedKind = "hours" | "days" | "paths" | "months";

const BUCKETS = 256;

/** SQLite takes no text over 2 MB here. */
const PART_CHARACTERS = 500_000;

/** The bucket of an owner. */
export function bucketOf(owner: string): number {
  return crc32(owner) % BUCKETS;
}

export function createPackedRows(sql: SqlStorage): void {
  sql.exec(
    `CREATE TABLE IF NOT EXISTS packed (
       kind TEXT NOT NULL, at INTEGER NOT NULL, bucket INTEGER NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL,
       PRIMARY KEY (kind, bucket, at, part)
     ) STRICT, WITHOUT ROWID`,
  );
}

/** What is stored of a kind for a bucket of accounts, in a period (ms since the epoch, `to` is not included). */
export function* readPacked<Held>(
  sql: SqlStorage,
  kind: PackedKind,
  from: number,
  to: number,
  bucket: number,
): Generator<{ at: number; held: Record<string, Held> }> {
  const rows = sql.exec<{ at: number; text: string }>(
    "SELECT at, text FROM packed WHERE kind = ?1 AND bucket = ?2 AND at >= ?3 AND at < ?4 ORDER BY at, part",
    kind,
    bucket,
    from,
    to,
  );
  let whole = { at: Number.NaN, text: "" };
  for (const { at, text } of rows) {
    if (whole.text !== "" && whole.at !== at) yield { at: whole.at, held: JSON.parse(whole.text) };
    whole = { at, text: whole.at === at ? whole.text + text : text };
  }
  if (whole.text !== "") yield { at: whole.at, held: JSON.parse(whole.text) };
}

function writePacked(sql: SqlStorage, kind: PackedKind, at: number, bucket: number, held: object): void {
  const text = JSON.stringify(held);
  const parts = Math.ceil(text.length / PART_CHARACTERS);
  for (let part = 0; part < parts; part++) {
    sql.exec(
      "INSERT OR REPLACE INTO packed (kind, at, bucket, part, text) VALUES (?1, ?2, ?3, ?4, ?5)",
      kind,
      at,
      bucket,
      part,
      text.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS),
    );
  }
}

/** Deletes what is stored for earlier times (ms since the epoch). */
export function dropPacked(sql: SqlStorage, kind: PackedKind, before: number): void {
  sql.exec("DELETE FROM packed WHERE kind = ?1 AND at < ?2", kind, before);
}
