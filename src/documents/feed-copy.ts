import { log } from "../log/log.ts";
import { isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";
import { within } from "../memo/within.ts";
import type { Change, FeedHead, FeedSource } from "./change.ts";

/** Something that remembers documents, and is told which of them must no longer be believed. */
export interface Follower {
  /** The document under this key has reached this revision. */
  outdate(key: string, revision: number): void;
  /** Some changes have been missed, so nothing that is remembered may be believed without reading it again. */
  outdateAll(): void;
}

/**
 * From this age on, a copy is renewed in the background (ms). Some isolates wait longer, so that a location's isolates do not
 * all ask at once.
 */
const RENEW_MS = 1_500;
const RENEW_JITTER_MS = 500;
/** Up to this age, the copy counts as current (ms). */
const CURRENT_MS = 10_000;
/** How long a request waits for a copy that is older (ms). */
const WAIT_MS = 1_000;
/** How long a poll may take (ms). */
const POLL_MS = 3_000;
/**
 * How long to wait before asking a failing feed again, twice as long each time (ms). The first pause is short, since one
 * failure must not delay a purge.
 */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const LOG_EVERY_MS = 60_000;

/**
 * A feed of changes as one isolate knows it. It is read only while the isolate serves, and no more often than every 1.5 s.
 * Followers believe their documents for a minute while the copy is current, and for only five seconds otherwise.
 */
export class FeedCopy {
  readonly #source: FeedSource;
  readonly #followers = new Set<Follower>();
  readonly #polls = new SharedReads<void>();
  /** The known changes, by segment, and the newest revision of each key among them. */
  readonly #segments = new Map<number, readonly Change[]>();
  readonly #least = new Map<string, number>();
  /** The position of the next change; null: none is known yet. */
  #next: { segment: number; offset: number } | null = null;
  /** The oldest known segment. */
  #first = Number.POSITIVE_INFINITY;
  /** When the location learned what is known here; ms since the epoch. */
  #at = Number.NEGATIVE_INFINITY;
  #renewAfterMs = RENEW_MS;
  #triedAt = Number.NEGATIVE_INFINITY;
  #pauseMs = 0;
  #failures = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(source: FeedSource) {
    this.#source = source;
  }

  /** Reports to a follower what changes from now on, and all known changes. */
  follow(follower: Follower): void {
    if (this.#followers.has(follower)) return;
    this.#followers.add(follower);
    for (const [key, revision] of this.#least) follower.outdate(key, revision);
  }

  /** Renews the copy in the background if that is due. @param now ms since the epoch */
  keepUp(now: number, waitUntil: WaitUntil): void {
    if (isRecent(this.#at, this.#renewAfterMs, now) || isRecent(this.#triedAt, this.#pauseMs, now)) return;
    if (this.#polls.underWay(POLL, now) === null) void this.#poll(now, waitUntil);
  }

  /** Whether the copy knows all changes that are older than ten seconds. */
  isCurrent(now: number): boolean {
    return isRecent(this.#at, CURRENT_MS, now);
  }

  /** The segment up to which all changes are known; null: the copy is not current. */
  upTo(now: number): number | null {
    return this.isCurrent(now) ? (this.#next?.segment ?? null) : null;
  }

  /** Whether all changes since a segment was open are known, except for the newest. */
  knowsSince(segment: number, now: number): boolean {
    return this.isCurrent(now) && this.#first <= segment;
  }

  /** Waits until the copy is current: for a second at most, and not at all if the feed has just failed. */
  async caughtUp(now: number, waitUntil: WaitUntil): Promise<void> {
    if (this.isCurrent(now)) return;
    if (this.#polls.underWay(POLL, now) === null && isRecent(this.#triedAt, this.#pauseMs, now)) return;
    await within(WAIT_MS, this.#poll(now, waitUntil)).catch(() => undefined);
  }

  /** The lowest revision of the document under a key that may be believed; -1: no change is known. */
  leastOf(key: string): number {
    return this.#least.get(key) ?? -1;
  }

  /** See {@link FeedSource.newest}. */
  newest(key: string): Promise<string | null> {
    return this.#source.newest(key, this.leastOf(key));
  }

  #poll(now: number, waitUntil: WaitUntil): Promise<void> {
    return this.#polls.read(POLL, () => this.#renew(now), now, waitUntil);
  }

  async #renew(now: number): Promise<void> {
    this.#triedAt = now;
    // If another isolate renews it meanwhile, the next request finds out, rather than each of the next thousand.
    this.#pauseMs = RENEW_JITTER_MS;
    try {
      const { head, at } = await within(POLL_MS, this.#source.head());
      await this.#takeIn(head);
      this.#at = at;
      this.#renewAfterMs = RENEW_MS + Math.random() * RENEW_JITTER_MS;
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      this.#pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
      if (isRecent(this.#loggedAt, LOG_EVERY_MS, now)) return;
      this.#loggedAt = now;
      log("feed_unread", { failures: this.#failures, error });
    }
  }

  async #takeIn(head: FeedHead): Promise<void> {
    if (this.#knowsMoreThan(head)) return;
    const { first, open, changes } = head;
    const next = this.#next;
    const isUnbroken =
      next !== null &&
      next.segment >= first &&
      (next.segment < open || (next.segment === open && next.offset <= changes.length));
    const from = isUnbroken ? next : { segment: first, offset: 0 };
    const closed = Array.from({ length: open - from.segment }, (_, index) => from.segment + index);
    const read = await within(POLL_MS, Promise.all(closed.map((number) => this.#source.segment(number))));
    if (!isUnbroken) this.#startAnew();
    for (const [index, number] of closed.entries()) this.#add(number, index === 0 ? from.offset : 0, read[index]!);
    this.#add(open, closed.length === 0 ? from.offset : 0, changes);
    this.#next = { segment: open, offset: changes.length };
    this.#first = first;
    this.#forgetBefore(first);
  }

  /**
   * The isolates of a location share heads. A head that another isolate read, or that came through another cache, may be older.
   */
  #knowsMoreThan({ open, changes }: FeedHead): boolean {
    const next = this.#next;
    const known = this.#segments.get(open);
    if (next === null || known === undefined) return false;
    const isBefore = open < next.segment || (open === next.segment && changes.length < next.offset);
    return isBefore && changes.every(([key, revision], at) => known[at]?.[0] === key && known[at][1] === revision);
  }

  #startAnew(): void {
    const isFirst = this.#next === null;
    this.#segments.clear();
    this.#least.clear();
    if (!isFirst) for (const follower of this.#followers) follower.outdateAll();
  }

  #add(segment: number, offset: number, changes: readonly Change[]): void {
    this.#segments.set(segment, changes);
    for (const [key, revision] of changes.slice(offset)) {
      if (revision <= this.leastOf(key)) continue;
      this.#least.set(key, revision);
      for (const follower of this.#followers) follower.outdate(key, revision);
    }
  }

  /** KV has everywhere what the feed no longer keeps. */
  #forgetBefore(first: number): void {
    for (const [segment, changes] of this.#segments) {
      if (segment >= first) continue;
      this.#segments.delete(segment);
      for (const [key, revision] of changes) if (this.leastOf(key) === revision) this.#least.delete(key);
    }
  }
}

const POLL = "head";
