import { BoundedMap } from "../memo/bounded-map.ts";
import { isRecent } from "../memo/is-recent.ts";
import { SharedReads, type WaitUntil } from "../memo/shared-reads.ts";

/** How many keys are looked through. */
const LOOKED_THROUGH = 10_000;
/** As long as for records. */
const FRESH_MS = 5_000;
/** How much is remembered: lists, and the characters of their keys. */
const BOUNDS = { entries: 1_000, weight: 4 * 1024 * 1024 };

/** Which keys are asked for; `resource`: null for all resources. */
export interface KeyQuery {
  namespace: string;
  version: string;
  resource: string | null;
}

/** Keys, ordered by resource and then by key; `more`: there are others, which are not looked through. */
export interface KeyList {
  keys: readonly string[];
  more: boolean;
}

interface Known {
  list: KeyList;
  /** ms since the epoch */
  readAt: number;
}

/**
 * The keys of namespaces as D1 had them at most 5 s ago. Anybody may ask for lists, but D1 is asked once for all of them. When
 * full it forgets everything, since hot lists are back at once.
 */
export class StoredKeys {
  readonly #lists = new BoundedMap<string, Known>(BOUNDS, "everything", (_, { list }) => charactersOf(list));
  readonly #reads = new SharedReads<KeyList>();

  /** What {@link keysOf} would return without D1; null: nothing. */
  known(query: KeyQuery, now: number): KeyList | null {
    const known = this.#lists.get(nameOf(query));
    return known !== undefined && isRecent(known.readAt, FRESH_MS, now) ? known.list : null;
  }

  /** @param now ms since the epoch */
  async keysOf(db: D1Database, query: KeyQuery, now: number, waitUntil: WaitUntil): Promise<KeyList> {
    const known = this.known(query, now);
    if (known !== null) return known;
    const name = nameOf(query);
    const keep = (list: KeyList) => this.#lists.set(name, { list, readAt: now });
    return this.#reads.read(name, () => readKeys(db, query), now, waitUntil, keep);
  }

  /** Makes the next request for a namespace's keys read them anew. */
  forget(namespace: string): void {
    const beginning = `${namespace}.`;
    for (const name of this.#lists.keys()) if (name.startsWith(beginning)) this.#lists.delete(name);
    this.#reads.forget(beginning);
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
