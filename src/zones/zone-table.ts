import { completeSettings } from "./settings.ts";
import type { ZoneDocument } from "./zone.ts";
import { checkZoneName } from "./zone-name.ts";

/** The key of a zone's document in KV. */
export function zoneKey(name: string): string {
  return `zone:${name}`;
}

/** The zone table cannot be read and nothing recent enough is known of the zone. */
export class ZoneTableUnavailable extends Error {
  override name = "ZoneTableUnavailable";
}

/** Keeps work going after the answer, as `ExecutionContext.waitUntil` does. */
export type WaitUntil = (work: Promise<unknown>) => void;

const FRESH_MS = 5_000;
/** How long a zone is served as it was last read, while a reader tries to read it again. */
const STALE_MS = 60_000;
/** KV's least. */
const CACHE_TTL_SECONDS = 30;
/** A read that takes longer is no longer shared: the request that began it may be gone. */
const SHARED_READ_MS = 5_000;

interface Memo {
  document: ZoneDocument;
  /** When KV was asked, in ms since the epoch. */
  readAt: number;
  /** Length of the document's JSON. */
  size: number;
}

/** How much a table may hold: names, names known to be missing, and characters of JSON. */
export interface ZoneTableBounds {
  names: number;
  missing: number;
  characters: number;
}

const BOUNDS: ZoneTableBounds = { names: 10_000, missing: 10_000, characters: 16 * 1024 * 1024 };

/** The zone table as one isolate knows it: KV behind a memory of zones and of names without a zone. */
export class ZoneTable {
  readonly #kv: KVNamespace;
  readonly #bounds: ZoneTableBounds;
  readonly #memos = new Map<string, Memo>();
  readonly #missing = new Map<string, number>();
  readonly #reads = new Map<string, { document: Promise<ZoneDocument | null>; startedAt: number }>();
  #characters = 0;

  constructor(kv: KVNamespace, bounds: ZoneTableBounds = BOUNDS) {
    this.#kv = kv;
    this.#bounds = bounds;
  }

  /**
   * The zone of a name, or null where there is none. Answers without a promise while memory is fresh (5 s); for the
   * rest of a minute it answers what it knows and reads anew in the background.
   *
   * @param now ms since the epoch
   * @throws {ZoneTableUnavailable} where KV fails and memory is older than a minute
   */
  lookup(name: string, now: number, waitUntil: WaitUntil): ZoneDocument | null | Promise<ZoneDocument | null> {
    const memo = this.#memos.get(name);
    if (memo !== undefined) {
      const age = now - memo.readAt;
      if (age < FRESH_MS) return visible(memo.document);
      // A deleted zone's name may have been taken anew elsewhere: like a missing one it is not served stale.
      if (age < STALE_MS && memo.document.state !== "deleted") {
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
  remember(document: ZoneDocument, now: number): void {
    this.#keep(document, JSON.stringify(document).length, now);
  }

  #refresh(name: string, now: number, waitUntil: WaitUntil): void {
    if (this.#sharedRead(name, now) !== null) return;
    this.#read(name, now, waitUntil).catch((error: unknown) => {
      console.error(JSON.stringify({ event: "zone_refresh_failed", zone: name, error: String(error) }));
    });
  }

  #sharedRead(name: string, now: number): Promise<ZoneDocument | null> | null {
    const read = this.#reads.get(name);
    return read !== undefined && now - read.startedAt < SHARED_READ_MS ? read.document : null;
  }

  #read(name: string, now: number, waitUntil: WaitUntil): Promise<ZoneDocument | null> {
    const shared = this.#sharedRead(name, now);
    if (shared !== null) return shared;
    // A promise of its own, settled by this request: others that waited for this one's I/O itself were seen to hang.
    const { promise: document, resolve, reject } = Promise.withResolvers<ZoneDocument | null>();
    const read = { document, startedAt: now };
    this.#reads.set(name, read);
    const settled = () => {
      if (this.#reads.get(name) === read) this.#reads.delete(name);
    };
    // Kept alive for the other requests that wait for it, should this one's client go away.
    waitUntil(this.#fetch(name, now).then(resolve, reject).finally(settled));
    return document;
  }

  async #fetch(name: string, now: number): Promise<ZoneDocument | null> {
    if (!checkZoneName(name).ok) return null;
    let text: string | null;
    let document: ZoneDocument | null;
    try {
      text = await this.#kv.get(zoneKey(name), { type: "text", cacheTtl: CACHE_TTL_SECONDS });
      document = text === null ? null : readDocument(text);
    } catch (cause) {
      throw new ZoneTableUnavailable(`zone table: cannot read ${name}`, { cause });
    }
    if (text !== null && document !== null) return visible(this.#keep(document, text.length, now));
    // KV remembers misses too. A zone once seen only goes by its document saying so, never by a missing one.
    const known = this.#memos.get(name);
    if (known !== undefined) return visible(this.#keep(known.document, known.size, now));
    this.#missing.delete(name);
    this.#missing.set(name, now);
    evict(this.#missing, () => this.#missing.size > this.#bounds.missing);
    return null;
  }

  /** Keeps the newer of a document and the one known by its name, and returns it. */
  #keep(read: ZoneDocument, size: number, now: number): ZoneDocument {
    const known = this.#memos.get(read.name);
    const older = known !== undefined && known.document.version > read.version;
    const memo = { document: older ? known.document : read, size: older ? known.size : size, readAt: now };
    this.#missing.delete(read.name);
    this.#memos.delete(read.name); // set again at the end: the first is the longest unread
    this.#memos.set(read.name, memo);
    this.#characters += memo.size - (known?.size ?? 0);
    evict(this.#memos, (oldest) => {
      const full = this.#memos.size > this.#bounds.names || this.#characters > this.#bounds.characters;
      if (!full || oldest === memo) return false;
      this.#characters -= oldest.size;
      return true;
    });
    return memo.document;
  }
}

function visible(document: ZoneDocument): ZoneDocument | null {
  return document.state === "deleted" ? null : document;
}

/** Drops entries, oldest first, for as long as `drop` says so. */
function evict<Value>(map: Map<string, Value>, drop: (oldest: Value) => boolean): void {
  for (const [name, value] of map) {
    if (!drop(value)) return;
    map.delete(name);
  }
}

const tables = new WeakMap<KVNamespace, ZoneTable>();

/** This isolate's table over a KV binding. */
export function zoneTableOf(kv: KVNamespace): ZoneTable {
  let table = tables.get(kv);
  if (table === undefined) {
    table = new ZoneTable(kv);
    tables.set(kv, table);
  }
  return table;
}

/** A document may have been written before the newest settings existed: they have their defaults then. */
function readDocument(text: string): ZoneDocument {
  const document = JSON.parse(text) as ZoneDocument;
  return { ...document, settings: completeSettings(document.settings) };
}
