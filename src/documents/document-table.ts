import { log } from "../log/log.ts";
import { BoundedMap } from "../memo/bounded-map.ts";
import { isAhead, isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";

/** KV cannot be read and nothing recent enough is known of what was looked up. */
export class TableUnavailable extends Error {
  override name = "TableUnavailable";
}

/** What tells one table of documents from another. */
export interface DocumentKind<Document> {
  /** What a document is of, for errors and logs: "zone". */
  what: string;
  /** The key in KV of a name's document. */
  keyOf(name: string): string;
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

const FRESH_MS = 5_000;
/** How long a document is served as it was last read, while a reader tries to read it again. */
const STALE_MS = 60_000;
/** KV's least. */
const CACHE_TTL_SECONDS = 30;

interface Memo<Document> {
  document: Document;
  /** Until when it is answered as it is, and until when while it is read anew, in ms since the epoch. */
  freshUntil: number;
  staleUntil: number;
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
export class DocumentTable<Document> {
  readonly #kv: KVNamespace;
  readonly #kind: DocumentKind<Document>;
  readonly #memos: BoundedMap<string, Memo<Document>>;
  readonly #missing: BoundedMap<string, number>;
  readonly #reads = new SharedReads<Document | null>();

  constructor(kv: KVNamespace, kind: DocumentKind<Document>, { names, missing, characters }: TableBounds) {
    this.#kv = kv;
    this.#kind = kind;
    // What was read last is set last: the oldest is the longest unread.
    this.#memos = new BoundedMap({ entries: names, weight: characters }, "the oldest", (_, { size }) => size);
    this.#missing = new BoundedMap({ entries: missing }, "the oldest");
  }

  /**
   * The document of a name, or null where there is none. Answers without a promise while memory is fresh (5 s); for the
   * rest of a minute it answers what it knows and reads anew in the background.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} where KV fails and memory is older than a minute
   */
  lookup(name: string, now: number, waitUntil: WaitUntil): Document | null | Promise<Document | null> {
    const known = this.known(name, now, waitUntil);
    return known === undefined ? this.#read(name, now, waitUntil) : known;
  }

  /** What {@link lookup} answers without a promise; undefined where KV would have to be read first. */
  known(name: string, now: number, waitUntil: WaitUntil): Document | null | undefined {
    const memo = this.#memos.get(name);
    if (memo !== undefined) {
      if (isAhead(memo.freshUntil, FRESH_MS, now)) return this.#visible(memo.document);
      if (!isAhead(memo.staleUntil, STALE_MS, now)) return undefined;
      this.#refresh(name, now, waitUntil);
      return memo.document;
    }
    const missedAt = this.#missing.get(name);
    if (missedAt !== undefined && isRecent(missedAt, FRESH_MS, now)) return null;
    return this.#kind.canBe(name) ? undefined : null;
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
    return this.#reads.read(name, () => this.#fetch(name, now), now, waitUntil);
  }

  async #fetch(name: string, now: number): Promise<Document | null> {
    let text: string | null;
    let document: Document | null;
    try {
      text = await this.#kv.get(this.#kind.keyOf(name), { type: "text", cacheTtl: CACHE_TTL_SECONDS });
      document = text === null ? null : this.#kind.parse(text);
    } catch (cause) {
      throw new TableUnavailable(`${this.#kind.what} table: cannot read ${name}`, { cause });
    }
    if (text !== null && document !== null) return this.#visible(this.#keep(document, text.length, now));
    // KV remembers misses too. What was once seen only goes by its document saying so, never by a missing one.
    const known = this.#memos.get(name);
    if (known !== undefined) return this.#visible(this.#keep(known.document, known.size, now));
    const standIn = this.#kind.whereMissing?.(name);
    if (standIn !== undefined) return this.#keep(standIn, name.length, now);
    this.#missing.set(name, now);
    return null;
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
    const lifetime = this.#kind.lifetimeOf(document);
    const freshUntil = now + Math.min(FRESH_MS, lifetime);
    // A deleted thing's name may have been taken anew elsewhere: like a missing one it is not served stale.
    const staleUntil = this.#kind.isDeleted(document) ? freshUntil : now + Math.min(STALE_MS, lifetime);
    return { document, freshUntil, staleUntil, size };
  }
}
