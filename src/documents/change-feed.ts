import { DurableObject } from "cloudflare:workers";
import { BOUNDS } from "../db/bounds.ts";
import { type Change, type FeedHead, SEGMENT_CHANGES } from "./change.ts";

/**
 * How long the feed reports a change (ms). KV has it everywhere within 90 s, so whoever reads KV for the first time after that
 * gets it.
 */
const TOLD_MS = 600_000;
/** The most segments that the feed reports: in a flood of changes it goes back for less than {@link TOLD_MS}. */
const MOST_SEGMENTS = BOUNDS.changes.rows / SEGMENT_CHANGES - 1;
const LOOK_AFTER_MS = 60_000;

/**
 * Tells every location within seconds which documents have changed, while KV takes a minute. One object for each feed. It holds
 * keys and revisions, never a document.
 */
export class ChangeFeed extends DurableObject<object> {
  readonly #sql: SqlStorage;
  #head: FeedHead;
  #lookedAfterAt = Number.NEGATIVE_INFINITY;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS changes (
         sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL
       ) STRICT`,
    );
    this.#head = this.#read();
  }

  /** Adds a change, which is stored when this returns. */
  append(key: string, revision: number): void {
    const now = Date.now();
    this.#sql.exec("INSERT INTO changes (key, revision, at) VALUES (?, ?, ?)", key, revision, now);
    const { first, open, changes } = this.#head;
    const longer: readonly Change[] = [...changes, [key, revision]];
    this.#head =
      longer.length < SEGMENT_CHANGES ? { first, open, changes: longer } : { first, open: open + 1, changes: [] };
    const isDue = Math.abs(now - this.#lookedAfterAt) >= LOOK_AFTER_MS || longer.length === SEGMENT_CHANGES;
    if (isDue) this.#forgetOld(now);
  }

  /** The newest changes. */
  head(): FeedHead {
    return this.#head;
  }

  /** The changes of a closed segment; null: it is open, or no longer kept. */
  segment(number: number): Change[] | null {
    const { first, open } = this.#head;
    return number >= first && number < open ? this.#changesOf(number) : null;
  }

  #read(): FeedHead {
    const { least, greatest } = this.#sql
      .exec<{ least: number | null; greatest: number | null }>(
        "SELECT MIN(sequence) AS least, MAX(sequence) AS greatest FROM changes",
      )
      .one();
    if (least === null || greatest === null) return { first: 0, open: 0, changes: [] };
    const open = Math.floor(greatest / SEGMENT_CHANGES);
    return { first: segmentOf(least), open, changes: this.#changesOf(open) };
  }

  #changesOf(segment: number): Change[] {
    const before = segment * SEGMENT_CHANGES;
    return this.#sql
      .exec<{ key: string; revision: number }>(
        "SELECT key, revision FROM changes WHERE sequence > ? AND sequence <= ? ORDER BY sequence",
        before,
        before + SEGMENT_CHANGES,
      )
      .toArray()
      .map(({ key, revision }) => [key, revision] as const);
  }

  /** Only whole segments are forgotten, and never all of them: numbering continues from the last row. */
  #forgetOld(now: number): void {
    this.#lookedAfterAt = now;
    const { last } = this.#sql
      .exec<{ last: number | null }>("SELECT MAX(sequence) AS last FROM changes WHERE at < ?", now - TOLD_MS)
      .one();
    const { first, open, changes } = this.#head;
    const old = Math.floor((last ?? 0) / SEGMENT_CHANGES);
    const kept = Math.min(open - 1, Math.max(old, open - MOST_SEGMENTS));
    if (kept <= first) return;
    this.#sql.exec("DELETE FROM changes WHERE sequence <= ?", kept * SEGMENT_CHANGES);
    this.#head = { first: kept, open, changes };
  }
}

function segmentOf(sequence: number): number {
  return Math.floor((sequence - 1) / SEGMENT_CHANGES);
}
