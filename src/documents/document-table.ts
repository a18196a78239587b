import { log } from "../log/log.ts";
import { BoundedMap } from "../memo/bounded-map.ts";
import { isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";
import { within } from "../memo/within.ts";
import type { DocumentCopies } from "./document-copies.ts";
import { type DocumentKind, type TableBounds, TableUnavailable } from "./document-kind.ts";
import { BELIEVED_MS, doubt, FRESH_MS, isBelieved, isFresh, isKept, type Memo, memoOf } from "./document-memo.ts";
import type { FeedCopy, Follower } from "./feed-copy.ts";

/** A document that is in use is read again in the background before its minute is over. */
const RENEW_MS = 15_000;
/** How long a request waits for KV if it could be served from memory. */
const PATIENCE_MS = 2_000;
/** The lowest that KV allows. */
const CACHE_TTL_SECONDS = 30;

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
      if (isFresh(memo, now)) return this.#visible(memo.document);
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
    if (this.#feed !== null && memo !== undefined && isBelieved(memo, now)) {
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
      if (memo === undefined || !isKept(memo, now))
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
    const { prefix, nameOf, revisionOf } = this.#kind;
    const memo = memoOf(document, size, this.#kind, this.#feed !== null, now);
    // There is something newer, but its publisher could not be asked.
    if (revisionOf(document) < (this.#feed?.leastOf(prefix + nameOf(document)) ?? -1)) doubt(memo);
    return memo;
  }

  /** Whether what is remembered may be served after its first seconds. */
  #isBelieved(memo: Memo<Document>, now: number): boolean {
    return isBelieved(memo, now) && (this.#feed === null || this.#feed.isCurrent(now));
  }
}
