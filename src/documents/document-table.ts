/** KV cannot be read and nothing recent enough is known of what was looked up. */
export class TableUnavailable extends Error {
  override name = "TableUnavailable";
}

/** Keeps work going after the answer, as `ExecutionContext.waitUntil` does. */
export type WaitUntil = (work: Promise<unknown>) => void;

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
}

const FRESH_MS = 5_000;
/** How long a document is served as it was last read, while a reader tries to read it again. */
const STALE_MS = 60_000;
/** KV's least. */
const CACHE_TTL_SECONDS = 30;
/** A read that takes longer is no longer shared: the request that began it may be gone. */
const SHARED_READ_MS = 5_000;

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
  readonly #bounds: TableBounds;
  readonly #memos = new Map<string, Memo<Document>>();
  readonly #missing = new Map<string, number>();
  readonly #reads = new Map<string, { document: Promise<Document | null>; startedAt: number }>();
  #characters = 0;

  constructor(kv: KVNamespace, kind: DocumentKind<Document>, bounds: TableBounds) {
    this.#kv = kv;
    this.#kind = kind;
    this.#bounds = bounds;
  }

  /**
   * The document of a name, or null where there is none. Answers without a promise while memory is fresh (5 s); for the
   * rest of a minute it answers what it knows and reads anew in the background.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} where KV fails and memory is older than a minute
   */
  lookup(name: string, now: number, waitUntil: WaitUntil): Document | null | Promise<Document | null> {
    const memo = this.#memos.get(name);
    if (memo !== undefined) {
      if (now < memo.freshUntil) return this.#visible(memo.document);
      if (now < memo.staleUntil) {
        this.#refresh(name, now, waitUntil);
        return memo.document;
      }
    } else {
      const missedAt = this.#missing.get(name);
      if (missedAt !== undefined && now - missedAt < FRESH_MS) return null;
    }
    return this.#read(name, now, waitUntil);
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
    if (this.#sharedRead(name, now) !== null) return;
    this.#read(name, now, waitUntil).catch((error: unknown) => {
      const { what } = this.#kind;
      console.error(JSON.stringify({ event: `${what}_refresh_failed`, [what]: name, error: String(error) }));
    });
  }

  #sharedRead(name: string, now: number): Promise<Document | null> | null {
    const read = this.#reads.get(name);
    return read !== undefined && now - read.startedAt < SHARED_READ_MS ? read.document : null;
  }

  #read(name: string, now: number, waitUntil: WaitUntil): Promise<Document | null> {
    const shared = this.#sharedRead(name, now);
    if (shared !== null) return shared;
    // A promise of its own, settled by this request: others that waited for this one's I/O itself were seen to hang.
    const { promise: document, resolve, reject } = Promise.withResolvers<Document | null>();
    const read = { document, startedAt: now };
    this.#reads.set(name, read);
    const settled = () => {
      if (this.#reads.get(name) === read) this.#reads.delete(name);
    };
    // Kept alive for the other requests that wait for it, should this one's client go away.
    waitUntil(this.#fetch(name, now).then(resolve, reject).finally(settled));
    return document;
  }

  async #fetch(name: string, now: number): Promise<Document | null> {
    if (!this.#kind.canBe(name)) return null;
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
    this.#missing.delete(name);
    this.#missing.set(name, now);
    evict(this.#missing, () => this.#missing.size > this.#bounds.missing);
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
    this.#memos.delete(name); // set again at the end: the first is the longest unread
    this.#memos.set(name, memo);
    this.#characters += memo.size - (known?.size ?? 0);
    evict(this.#memos, (oldest) => {
      const full = this.#memos.size > this.#bounds.names || this.#characters > this.#bounds.characters;
      if (!full || oldest === memo) return false;
      this.#characters -= oldest.size;
      return true;
    });
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

/** Drops entries, oldest first, for as long as `drop` says so. */
function evict<Value>(map: Map<string, Value>, drop: (oldest: Value) => boolean): void {
  for (const [name, value] of map) {
    if (!drop(value)) return;
    map.delete(name);
  }
}
