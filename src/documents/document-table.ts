import { log } from "../log/log.ts";
import { BoundedMap } from "../memo/bounded-map.ts";
import { isAhead, isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";
import { within } from "../memo/within.ts";
import type { DocumentCopies } from "./document-copies.ts";
import type { FeedCopy, Follower } from "./feed-copy.ts";

/** KV cannot be read and nothing recent enough is known of what was looked up. */
export class TableUnavailable extends Error {
  override name = "TableUnavailable";
}

/** What tells one table of documents from another. */
export interface DocumentKind<Document> {
  /** What a document is of, for errors and logs: "zone". */
  what: string;
  /** The key in KV of a name's document is this and the name. */
  prefix: string;
  /** Whether there can be a document by that name: KV is not asked for others. */
  canBe(name: string): boolean;
  /** Reads a document's JSON. */
  parse(text: string): Document;
  nameOf(document: Document): string;
  /** Grows with each change; the newer of two documents wins. */
  revisionOf(document: Document): number;
  /** A deleted thing's document stays for a while and stands for a missing one. */
  isDeleted(document: Document): boolean;
  /** How long a document may be believed at most, ms. */
  lifetimeOf(document: Document): number;
  /** What stands for a missing document and is remembered like one. Left out: nothing does. */
  whereMissing?(name: string): Document;
}

/** How long a document is believed as it was read, whatever happens elsewhere. */
const FRESH_MS = 5_000;
/**
 * How long it is believed while a feed of changes tells of nothing newer; without a feed, how long it is served as it was last
 * read while a reader tries to read it again.
 */
const BELIEVED_MS = 60_000;
/** What is asked for is read anew in the background before its minute is over. */
const RENEW_MS = 15_000;
/** How long it is served while KV fails. */
const KEPT_MS = 3_600_000;
/** How long who has something to go on with waits for KV. */
const PATIENCE_MS = 2_000;
/** KV's least. */
const CACHE_TTL_SECONDS = 30;

interface Memo<Document> {
  document: Document;
  /** Until when it is answered as it is, until when if nothing newer is told, and until when if KV fails: ms since the epoch. */
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

/** Documents as one isolate knows them: KV behind a memory of documents and of names without one. */
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
    // What was read last is set last: the oldest is the longest unread.
    this.#memos = new BoundedMap({ entries: names, weight: characters }, "the oldest", (_, { size }) => size);
    this.#missing = new BoundedMap({ entries: missing }, "the oldest");
  }

  /**
   * From now on, believes what it remembers as far as a feed of changes tells of nothing newer.
   *
   * @param copies where isolates of a location share what they read of KV; null: nowhere. Left out: as it was
   */
  follow(feed: FeedCopy, copies = this.#copies): void {
    this.#feed = feed;
    this.#copies = copies;
    feed.follow(this);
  }

  /**
   * The document of a name, or null where there is none. Answers without a promise while memory is fresh (5 s). With a feed of
   * changes that goes on for a minute, unless the feed tells of a newer document or fails; without one, what is known is
   * answered for a minute and read anew in the background.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} where KV fails and memory is older than an hour
   */
  lookup(name: string, now: number, waitUntil: WaitUntil): Document | null | Promise<Document | null> {
    const known = this.known(name, now, waitUntil);
    return known === undefined ? this.#read(name, now, waitUntil) : known;
  }

  /** What {@link lookup} answers without a promise; undefined where KV would have to be read first. */
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
   * Takes in a document that has just been published. An older one than is known changes nothing: KV may answer what
   * it held a minute ago.
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
    // KV remembers misses too. What was once seen only goes by its document saying so, never by a missing one.
    const known = this.#memos.get(name);
    if (known !== undefined) return this.#visible(this.#keep(known.document, known.size, now));
    const standIn = this.#kind.whereMissing?.(name);
    if (standIn !== undefined) return this.#keep(standIn, name.length, now);
    this.#missing.set(name, now);
    return null;
  }

  /** What the location has read of KV; undefined: KV has to be asked. */
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
    // KV may have what the feed tells of.
    const revision = copy === null ? -1 : this.#kind.revisionOf(this.#kind.parse(copy));
    return revision < this.#feed.leastOf(key) ? undefined : copy;
  }

  /** Names that clients make up are not kept: they are not to push out what is asked for. */
  #keepCopy(name: string, text: string | null, upTo: number, now: number, waitUntil: WaitUntil): void {
    if (text === null && this.#kind.whereMissing === undefined) return;
    this.#copies?.write(this.#kind.prefix + name, text, upTo, now, waitUntil);
  }

  async #readKv(name: string, isKnown: boolean): Promise<string | null> {
    const read = this.#kv.get(this.#kind.prefix + name, { type: "text", cacheTtl: CACHE_TTL_SECONDS });
    return isKnown ? within(PATIENCE_MS, read) : read;
  }

  /** What was read of a name, or what its publisher has where the feed tells of something newer. */
  async #newest(name: string, text: string | null): Promise<string | null> {
    const key = this.#kind.prefix + name;
    const least = this.#feed?.leastOf(key) ?? -1;
    // Nothing is told of most documents, and theirs are read once.
    if (least === -1) return text;
    const { revisionOf, parse } = this.#kind;
    const known = this.#memos.get(name);
    if (known !== undefined && revisionOf(known.document) >= least) return text;
    if (text !== null && revisionOf(parse(text)) >= least) return text;
    return (await this.#feed!.newest(key)) ?? text;
  }

  /** Keeps the newer of a document and the one known by its name, and returns it. */
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
    // Without a feed, a deleted thing's name may have been taken anew elsewhere: like a missing one it is not served stale.
    const believedUntil =
      this.#feed === null && isDeleted(document) ? freshUntil : now + Math.min(BELIEVED_MS, lifetime);
    const memo = { document, freshUntil, believedUntil, keptUntil: now + Math.min(KEPT_MS, lifetime), size };
    // The publisher of something newer could not be asked.
    if (revisionOf(document) < (this.#feed?.leastOf(prefix + nameOf(document)) ?? -1)) doubt(memo);
    return memo;
  }

  /** Whether what is remembered is answered after its first seconds. */
  #isBelieved(memo: Memo<Document>, now: number): boolean {
    return isAhead(memo.believedUntil, BELIEVED_MS, now) && (this.#feed === null || this.#feed.isCurrent(now));
  }
}

/** From now on it is only served where nothing newer can be had. */
function doubt(memo: Memo<unknown>): void {
  memo.freshUntil = Number.NEGATIVE_INFINITY;
  memo.believedUntil = Number.NEGATIVE_INFINITY;
}
