import { log } from "../log/log.ts";
import { BoundedMap } from "../memo/bounded-map.ts";
import { isAhead, isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";
import { within } from "../memo/within.ts";
import type { DocumentCopies } from "./document-copies.ts";
import type { FeedCopy, Follower } from "./feed-copy.ts";

/** KV cannot be read, and nothing recent enough is known of what was looked up. */
export class TableUnavailable extends Error {
  override name = "TableUnavailable";
}

/** How one table of documents differs from another. */
export interface DocumentKind<Document> {
  /** The kind of thing that a document describes, for errors and logs: "zone". */
  what: string;
  /** The KV key of a name's document is this, followed by the name. */
  prefix: string;
  /** Whether a document can have this name. KV is not asked for others. */
  canBe(name: string): boolean;
  /** Reads a document's JSON. */
  parse(text: string): Document;
  nameOf(document: Document): string;
  /** Grows with each change; the newer of two documents wins. */
  revisionOf(document: Document): number;
  /** Whether a document says that its thing was deleted. It stays for a while and counts as missing. */
  isDeleted(document: Document): boolean;
  /** How long a document may be believed, at most, ms. */
  lifetimeOf(document: Document): number;
  /** The document that replaces a missing one and is remembered like one. Absent: there is none. */
  whereMissing?(name: string): Document;
}

/** How long a document is believed after it was read, whatever happens elsewhere. */
const FRESH_MS = 5_000;
/**
 * How long it is believed while a feed of changes reports nothing newer. Without a feed: how long it is served while it is
 * being read again.
 */
const BELIEVED_MS = 60_000;
/** A document that is in use is read again in the background before its minute is over. */
const RENEW_MS = 15_000;
/** How long it is served if KV fails. */
const KEPT_MS = 3_600_000;
/** How long a request waits for KV if it could be served from memory. */
const PATIENCE_MS = 2_000;
/** The lowest that KV allows. */
const CACHE_TTL_SECONDS = 30;

interface Memo<Document> {
  document: Document;
  /** Until when it is served without any check, if nothing newer is reported, and if KV fails: ms since the epoch. */
  freshUntil: number;
  believedUntil: number;
  keptUntil: number;
  /** Length of the document's JSON. */
  size: number;
}

/** How much a table may hold: names, names known to be missing, and characters of JSON. */
export interface TableBounds {
  names: number;
  missing: number;
  characters: number;
}

/** Documents as one isolate knows them: a memory of documents, and of names without one, in front of KV. */
export class DocumentTable<Document> implements Follower {
  readonly #kv: KVNamespace;
  readonly #kind: DocumentKind<Document>;
  readonly #memos: BoundedMap<string, Memo<Document>>;
  readonly #missing: BoundedMap<string, number>;
  readonly #reads = new SharedReads<Document | null>();
  #feed: FeedCopy | null = null;
  #copies: DocumentCopies | null = null;

  constructor(kv: KVNamespace, kind: DocumentKind<Document>, { names, missing, characters }: TableBounds) {
    this.#kv = kv;
    this.#kind = kind;
    // The last one read is set last, so the oldest entry is the one that was read the longest ago.
    this.#memos = new BoundedMap({ entries: names, weight: characters }, "the oldest", (_, { size }) => size);
    this.#missing = new BoundedMap({ entries: missing }, "the oldest");
  }

  /**
   * From now on, believes what it remembers as long as a feed of changes reports nothing newer.
   *
   * @param copies where the isolates of a location share what they read from KV; null: nowhere. Omitted: as before
   */
  follow(feed: FeedCopy, copies = this.#copies): void {
    this.#feed = feed;
    this.#copies = copies;
    feed.follow(this);
  }

  /**
   * The document of a name; null: there is none. It answers without a promise while memory is fresh (5 s). With a feed of
   * changes, memory is used for a minute, unless the feed reports a newer document or fails. Without one, memory is also used
   * for a minute, but is read again in the background.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} if KV fails and memory is older than an hour
   */
  lookup(name: string, now: number, waitUntil: WaitUntil): Document | null | Promise<Document | null> {
    const known = this.known(name, now, waitUntil);
    return known === undefined ? this.#read(name, now, waitUntil) : known;
  }

  /** What {@link lookup} answers without a promise; undefined: KV would have to be read first. */
  known(name: string, now: number, waitUntil: WaitUntil): Document | null | undefined {
    this.#feed?.keepUp(now, waitUntil);
    const memo = this.#memos.get(name);
    if (memo !== undefined) {
      if (isAhead(memo.freshUntil, FRESH_MS, now)) return this.#visible(memo.document);
      if (!this.#isBelieved(memo, now)) return undefined;
      if (this.#feed === null || memo.believedUntil - now < RENEW_MS) this.#refresh(name, now, waitUntil);
      return this.#visible(memo.document);
    }
    const missedAt = this.#missing.get(name);
    if (missedAt !== undefined && isRecent(missedAt, this.#feed?.isCurrent(now) ? BELIEVED_MS : FRESH_MS, now))
      return null;
    return this.#kind.canBe(name) ? undefined : null;
  }

  outdate(key: string, revision: number): void {
    if (!key.startsWith(this.#kind.prefix)) return;
    const name = key.slice(this.#kind.prefix.length);
    this.#missing.delete(name);
    const memo = this.#memos.get(name);
    if (memo !== undefined && this.#kind.revisionOf(memo.document) < revision) doubt(memo);
  }

  outdateAll(): void {
    this.#missing.clear();
    for (const memo of this.#memos.values()) doubt(memo);
  }

  /**
   * Remembers a document that has just been published. One that is older than what is known changes nothing, since KV may
   * return what it had a minute ago.
   */
  remember(document: Document, now: number): void {
    this.#keep(document, JSON.stringify(document).length, now);
  }

  #visible(document: Document): Document | null {
    return this.#kind.isDeleted(document) ? null : document;
  }

  #refresh(name: string, now: number, waitUntil: WaitUntil): void {
    if (this.#reads.underWay(name, now) !== null) return;
    this.#read(name, now, waitUntil).catch((error: unknown) => {
      log("document_refresh_failed", { [this.#kind.what]: name, error });
    });
  }

  #read(name: string, now: number, waitUntil: WaitUntil): Promise<Document | null> {
    return this.#reads.read(name, () => this.#fetch(name, now, waitUntil), now, waitUntil);
  }

  async #fetch(name: string, now: number, waitUntil: WaitUntil): Promise<Document | null> {
    const caughtUp = this.#feed?.caughtUp(now, waitUntil);
    const memo = this.#memos.get(name);
    if (this.#feed !== null && memo !== undefined && isAhead(memo.believedUntil, BELIEVED_MS, now)) {
      await caughtUp;
      if (this.#isBelieved(memo, now) && memo.believedUntil - now >= RENEW_MS) return this.#visible(memo.document);
    }
    let text: string | null;
    try {
      const copy = this.#copies === null ? undefined : await this.#readCopy(name, this.#copies, caughtUp, now);
      text = copy === undefined ? await this.#readKv(name, memo !== undefined) : copy;
      await caughtUp;
      const upTo = this.#feed?.upTo(now) ?? null;
      const newest = await this.#newest(name, text);
      if (upTo !== null && (copy === undefined || newest !== text)) this.#keepCopy(name, newest, upTo, now, waitUntil);
      text = newest;
      if (text !== null) return this.#visible(this.#keep(this.#kind.parse(text), text.length, now));
    } catch (cause) {
      if (memo === undefined || !isAhead(memo.keptUntil, KEPT_MS, now))
        throw new TableUnavailable(`${this.#kind.what} table: cannot read ${name}`, { cause });
      log("document_refresh_failed", { [this.#kind.what]: name, error: cause });
      return this.#visible(memo.document);
    }
    // KV remembers misses too. So something that was seen once is gone only if its document says so, not if that is missing.
    const known = this.#memos.get(name);
    if (known !== undefined) return this.#visible(this.#keep(known.document, known.size, now));
    const standIn = this.#kind.whereMissing?.(name);
    if (standIn !== undefined) return this.#keep(standIn, name.length, now);
    this.#missing.set(name, now);
    return null;
  }

  /** What the location has read from KV; undefined: KV has to be asked. */
  async #readCopy(
    name: string,
    copies: DocumentCopies,
    caughtUp: Promise<void> | undefined,
    now: number,
  ): Promise<string | null | undefined> {
    await caughtUp;
    if (this.#feed === null) return undefined;
    const key = this.#kind.prefix + name;
    const copy = await copies.read(key, this.#feed, now);
    if (copy === undefined) return undefined;
    // KV may have what the feed reports.
    const revision = copy === null ? -1 : this.#kind.revisionOf(this.#kind.parse(copy));
    return revision < this.#feed.leastOf(key) ? undefined : copy;
  }

  /** Names that clients make up are not kept, since they must not push out what is really used. */
  #keepCopy(name: string, text: string | null, upTo: number, now: number, waitUntil: WaitUntil): void {
    if (text === null && this.#kind.whereMissing === undefined) return;
    this.#copies?.write(this.#kind.prefix + name, text, upTo, now, waitUntil);
  }

  async #readKv(name: string, isKnown: boolean): Promise<string | null> {
    const read = this.#kv.get(this.#kind.prefix + name, { type: "text", cacheTtl: CACHE_TTL_SECONDS });
    return isKnown ? within(PATIENCE_MS, read) : read;
  }

  /** What was read for a name, or what its publisher has if the feed reports something newer. */
  async #newest(name: string, text: string | null): Promise<string | null> {
    const key = this.#kind.prefix + name;
    const least = this.#feed?.leastOf(key) ?? -1;
    // The feed reports nothing about most documents, so one read suffices for them.
    if (least === -1) return text;
    const { revisionOf, parse } = this.#kind;
    const known = this.#memos.get(name);
    if (known !== undefined && revisionOf(known.document) >= least) return text;
    if (text !== null && revisionOf(parse(text)) >= least) return text;
    return (await this.#feed!.newest(key)) ?? text;
  }

  /** Keeps the newer of a document and the known one of its name, and returns it. */
  #keep(read: Document, size: number, now: number): Document {
    const kind = this.#kind;
    const name = kind.nameOf(read);
    const known = this.#memos.get(name);
    const older = known !== undefined && kind.revisionOf(known.document) > kind.revisionOf(read);
    const memo = this.#memo(older ? known.document : read, older ? known.size : size, now);
    this.#missing.delete(name);
    this.#memos.set(name, memo);
    return memo.document;
  }

  #memo(document: Document, size: number, now: number): Memo<Document> {
    const { lifetimeOf, isDeleted, prefix, nameOf, revisionOf } = this.#kind;
    const lifetime = lifetimeOf(document);
    const freshUntil = now + Math.min(FRESH_MS, lifetime);
    // Without a feed, a deleted thing's name may have been taken again elsewhere. So, like a missing document, it is not served
    // stale.
    const believedUntil =
      this.#feed === null && isDeleted(document) ? freshUntil : now + Math.min(BELIEVED_MS, lifetime);
    const memo = { document, freshUntil, believedUntil, keptUntil: now + Math.min(KEPT_MS, lifetime), size };
    // There is something newer, but its publisher could not be asked.
    if (revisionOf(document) < (this.#feed?.leastOf(prefix + nameOf(document)) ?? -1)) doubt(memo);
    return memo;
  }

  /** Whether what is remembered may be served after its first seconds. */
  #isBelieved(memo: Memo<Document>, now: number): boolean {
    return isAhead(memo.believedUntil, BELIEVED_MS, now) && (this.#feed === null || this.#feed.isCurrent(now));
  }
}

/** From now on it is only served if nothing newer can be had. */
function doubt(memo: Memo<unknown>): void {
  memo.freshUntil = Number.NEGATIVE_INFINITY;
  memo.believedUntil = Number.NEGATIVE_INFINITY;
}
