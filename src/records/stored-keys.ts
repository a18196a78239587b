import type { WaitUntil } from "../documents/document-table.ts";

/** How many keys are looked through. */
const LOOKED_THROUGH = 10_000;
/** As long as records. */
const FRESH_MS = 5_000;
/** A read that takes longer is no longer shared: the request that began it may be gone. */
const SHARED_READ_MS = 5_000;
/** How much is remembered: lists, and characters of their keys. */
const BOUNDS = { lists: 1_000, characters: 4 * 1024 * 1024 };

/** Whose keys are asked for; `resource`: null for all. */
export interface KeyQuery {
  namespace: string;
  version: string;
  resource: string | null;
}

/** Keys in the order of their resources, then their own; `more`: there are others, which are not looked through. */
export interface KeyList {
  keys: readonly string[];
  more: boolean;
}

interface Read {
  list: Promise<KeyList>;
  startedAt: number;
}

/**
 * The keys of namespaces as D1 held them at most 5 s ago: anybody may ask for lists, and what each may cost D1 is paid
 * once for all of them. When it is full it forgets everything: what is hot is back at once.
 */
export class StoredKeys {
  readonly #lists = new Map<string, { list: KeyList; readAt: number }>();
  readonly #reads = new Map<string, Read>();
  #characters = 0;

  /** @param now ms since the epoch */
  async keysOf(db: D1Database, query: KeyQuery, now: number, waitUntil: WaitUntil): Promise<KeyList> {
    const name = nameOf(query);
    const known = this.#lists.get(name);
    if (known !== undefined && now - known.readAt < FRESH_MS) return known.list;
    const shared = this.#reads.get(name);
    if (shared !== undefined && now - shared.startedAt < SHARED_READ_MS) return shared.list;
    // A promise of its own, as in the table of documents: others would hang on this request's I/O.
    const { promise, resolve, reject } = Promise.withResolvers<KeyList>();
    const read = { list: promise, startedAt: now };
    this.#reads.set(name, read);
    waitUntil(
      readKeys(db, query)
        .then((list) => {
          // Else the namespace has changed since.
          if (this.#reads.get(name) === read) this.#keep(name, list, now);
          resolve(list);
        }, reject)
        .finally(() => this.#reads.get(name) === read && this.#reads.delete(name)),
    );
    return promise;
  }

  /** Has a namespace's keys read anew by whoever asks next. */
  forget(namespace: string): void {
    for (const name of [...this.#lists.keys(), ...this.#reads.keys()]) {
      if (!name.startsWith(`${namespace}.`)) continue;
      this.#drop(name);
      this.#reads.delete(name);
    }
  }

  #keep(name: string, list: KeyList, readAt: number): void {
    this.#drop(name);
    const size = charactersOf(list);
    if (this.#lists.size >= BOUNDS.lists || this.#characters + size > BOUNDS.characters) {
      this.#lists.clear();
      this.#characters = 0;
    }
    this.#lists.set(name, { list, readAt });
    this.#characters += size;
  }

  #drop(name: string): void {
    const known = this.#lists.get(name);
    if (known === undefined) return;
    this.#lists.delete(name);
    this.#characters -= charactersOf(known.list);
  }
}

function nameOf({ namespace, version, resource }: KeyQuery): string {
  return `${namespace}.${version}.${resource ?? ""}`;
}

function charactersOf({ keys }: KeyList): number {
  return keys.reduce((characters, key) => characters + key.length, 0);
}

async function readKeys(db: D1Database, { namespace, version, resource }: KeyQuery): Promise<KeyList> {
  const { results } = await db
    .prepare(
      `SELECT key FROM records
       WHERE namespace = ?1 AND version = ?2 AND (?3 IS NULL OR resource = ?3) AND state <> 'deleted'
       ORDER BY resource, key LIMIT ?4`,
    )
    .bind(namespace, version, resource, LOOKED_THROUGH + 1)
    .all<{ key: string }>();
  const keys = results.slice(0, LOOKED_THROUGH).map(({ key }) => key);
  return { keys, more: results.length > LOOKED_THROUGH };
}
