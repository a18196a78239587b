import { gzipSync } from "node:zlib";
import { BOUNDS, daysBefore } from "../../db/bounds.ts";
import { newId } from "../../db/new-id.ts";
import type { LogChunk } from "./log-chunk.ts";

/** A batch to deliver. However often it is delivered, its id and its bytes stay the same. */
export interface LogBatch {
  seq: number;
  id: string;
  lines: number;
  /** Ms since the epoch. */
  closedAt: number;
  /** NDJSON, compressed by gzip. */
  body: ArrayBuffer;
}

/** The most that one batch holds, before compression (characters): a row can hold 2 MB. */
const BATCH_LENGTH = 1_000_000;
/** The most that waits for a zone's receiver, compressed. */
export const MOST_BYTES = 67_108_864;

/** Batches and chunks that wait. */
export interface Waiting {
  lines: number;
  batches: number;
  /** As stored here, mostly compressed. */
  bytes: number;
}

/** Chunks come in, are combined into batches, and go out, oldest first. */
export class OutboxTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS log_chunks (
         seq INTEGER PRIMARY KEY AUTOINCREMENT, lines INTEGER NOT NULL, length INTEGER NOT NULL, text TEXT NOT NULL
       ) STRICT`,
    );
    sql.exec(
      `CREATE TABLE IF NOT EXISTS log_batches (
         seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, lines INTEGER NOT NULL, closed_at INTEGER NOT NULL,
         size INTEGER NOT NULL, body BLOB NOT NULL
       ) STRICT`,
    );
  }

  /** Takes in a chunk, and makes a batch if there is enough for one. */
  add({ text, lines }: LogChunk, now: number): void {
    this.#sql.exec("INSERT INTO log_chunks (lines, length, text) VALUES (?1, ?2, ?3)", lines, text.length, text);
    const { length, rows } = this.#one<{ length: number; rows: number }>(
      "SELECT SUM(length) AS length, COUNT(*) AS rows FROM log_chunks",
    );
    if (length >= BATCH_LENGTH || rows >= BOUNDS.log_chunks.rows) this.close(now);
  }

  /** Makes a batch of the chunks here. False: there are none. */
  close(now: number): boolean {
    const chunks = this.#sql
      .exec<{ seq: number; lines: number; text: string }>("SELECT seq, lines, text FROM log_chunks ORDER BY seq")
      .toArray();
    const last = chunks.at(-1);
    if (last === undefined) return false;
    const body = gzipSync(chunks.map(({ text }) => text).join(""));
    const lines = chunks.reduce((sum, chunk) => sum + chunk.lines, 0);
    this.#sql.exec(
      "INSERT INTO log_batches (id, lines, closed_at, size, body) VALUES (?1, ?2, ?3, ?4, ?5)",
      newId("logs"),
      lines,
      now,
      body.byteLength,
      body,
    );
    this.#sql.exec("DELETE FROM log_chunks WHERE seq <= ?1", last.seq);
    return true;
  }

  /** The batch that has waited longest. */
  oldest(): LogBatch | null {
    const rows = this.#sql.exec<LogBatch & Record<string, SqlStorageValue>>(
      "SELECT seq, id, lines, closed_at AS closedAt, body FROM log_batches ORDER BY seq LIMIT 1",
    );
    return rows.toArray()[0] ?? null;
  }

  /** Forgets a batch. False: it is no longer here. */
  drop(seq: number): boolean {
    return this.#sql.exec("DELETE FROM log_batches WHERE seq = ?1", seq).rowsWritten > 0;
  }

  /**
   * Drops the oldest batches if there are too many bytes or they are too old, and counts the lines.
   *
   * @param but a batch that is being sent now
   */
  bound(now: number, but: number | null): number {
    let lost = 0;
    const oldest = () =>
      this.#sql
        .exec<{ seq: number; lines: number; closedAt: number }>(
          "SELECT seq, lines, closed_at AS closedAt FROM log_batches WHERE seq IS NOT ?1 ORDER BY seq LIMIT 1",
          but,
        )
        .toArray()[0];
    for (let batch = oldest(); batch !== undefined; batch = oldest()) {
      const { size, rows } = this.#one<{ size: number; rows: number }>(
        "SELECT SUM(size) AS size, COUNT(*) AS rows FROM log_batches",
      );
      const isOld = batch.closedAt < daysBefore(now, BOUNDS.log_batches.days);
      if (!isOld && size <= MOST_BYTES && rows <= BOUNDS.log_batches.rows) break;
      this.drop(batch.seq);
      lost += batch.lines;
    }
    return lost;
  }

  waiting(): Waiting {
    return this.#one<Waiting & Record<string, number>>(
      `SELECT COALESCE((SELECT SUM(lines) FROM log_batches), 0) + COALESCE((SELECT SUM(lines) FROM log_chunks), 0) AS lines,
              (SELECT COUNT(*) FROM log_batches) AS batches,
              COALESCE((SELECT SUM(size) FROM log_batches), 0) + COALESCE((SELECT SUM(length) FROM log_chunks), 0) AS bytes`,
    );
  }

  #one<Row>(query: string): Row {
    return this.#sql.exec(query).one() as Row;
  }
}
