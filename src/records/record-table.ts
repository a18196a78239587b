import { type AccountTable, accountTableOf } from "../accounts/account-table.ts";
import type { DocumentKind, TableBounds } from "../documents/document-kind.ts";
import { DocumentTable } from "../documents/document-table.ts";
import type { FeedCopy } from "../documents/feed-copy.ts";
import { onceFor } from "../memo/once-for.ts";
import type { WaitUntil } from "../memo/shared-reads.ts";
import { type NamespaceDocument, namespaceDocumentKey, type RecordDocument, recordDocumentKey } from "./documents.ts";
import { StoredKeys } from "./stored-keys.ts";

const RECORD: DocumentKind<RecordDocument> = {
  what: "record",
  prefix: recordDocumentKey(""),
  canBe: (key) => key.length <= 253 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63}){2,}$/.test(key),
  parse: (text) => JSON.parse(text) as RecordDocument,
  nameOf: ({ key }) => key,
  revisionOf: ({ revision }) => revision,
  isDeleted: ({ state }) => state === "deleted",
  lifetimeOf: ({ ttl }) => ttl * 1_000,
};

const NAMESPACE: DocumentKind<NamespaceDocument> = {
  what: "namespace",
  prefix: namespaceDocumentKey(""),
  canBe: (name) => /^[a-z0-9_-]{1,63}$/.test(name),
  parse: (text) => JSON.parse(text) as NamespaceDocument,
  nameOf: ({ name }) => name,
  revisionOf: ({ revision }) => revision,
  isDeleted: ({ state }) => state === "deleted",
  lifetimeOf: () => Number.POSITIVE_INFINITY,
};

/** How many records and namespaces the table may hold. */
export interface RecordTableBounds {
  records: TableBounds;
  namespaces: TableBounds;
}

const BOUNDS: RecordTableBounds = {
  records: { names: 10_000, missing: 10_000, characters: 8 * 1024 * 1024 },
  namespaces: { names: 10_000, missing: 10_000, characters: 2 * 1024 * 1024 },
};

/**
 * Records and namespaces as one isolate knows them: KV with a memory in front that is fresh for 5 s. Older entries are served
 * for a minute while they are read anew, but never longer than the record's TTL.
 */
export class RecordTable {
  /** Which keys exist: D1 with a memory of its own in front. */
  readonly keys = new StoredKeys();
  /** The accounts whose names are answered: the edge's table. */
  readonly accounts: AccountTable;
  readonly #records: DocumentTable<RecordDocument>;
  readonly #namespaces: DocumentTable<NamespaceDocument>;

  constructor(kv: KVNamespace, bounds: RecordTableBounds = BOUNDS) {
    this.accounts = accountTableOf(kv);
    this.#records = new DocumentTable(kv, RECORD, bounds.records);
    this.#namespaces = new DocumentTable(kv, NAMESPACE, bounds.namespaces);
  }

  /** As {@link DocumentTable.follow}. */
  follow(feed: FeedCopy): void {
    this.#records.follow(feed);
    this.#namespaces.follow(feed);
  }

  /**
   * The record with a key (`[label.]*resource.namespace.version`, lower case), or null if there is none; without a promise
   * while the memory is fresh.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} if KV fails and nothing recent enough is known
   */
  record(key: string, now: number, waitUntil: WaitUntil): RecordDocument | null | Promise<RecordDocument | null> {
    return this.#records.lookup(key, now, waitUntil);
  }

  /** What {@link record} returns without a promise; undefined: KV would have to be read first. */
  knownRecord(key: string, now: number, waitUntil: WaitUntil): RecordDocument | null | undefined {
    return this.#records.known(key, now, waitUntil);
  }

  /** The namespace with a name (lower case), found as {@link record} finds a record. */
  namespace(
    name: string,
    now: number,
    waitUntil: WaitUntil,
  ): NamespaceDocument | null | Promise<NamespaceDocument | null> {
    return this.#namespaces.lookup(name, now, waitUntil);
  }

  /** What {@link namespace} returns without a promise; undefined: KV would have to be read first. */
  knownNamespace(name: string, now: number, waitUntil: WaitUntil): NamespaceDocument | null | undefined {
    return this.#namespaces.known(name, now, waitUntil);
  }

  /** Takes in a document that was just published, of either kind. */
  take(document: RecordDocument | NamespaceDocument, now: number): void {
    if ("key" in document) this.remember(document, now);
    else this.rememberNamespace(document, now);
  }

  /** Takes in a record that was just published, or deleted, unless a newer one is known. */
  remember(document: RecordDocument, now: number): void {
    this.#records.remember(document, now);
    this.keys.forget(document.namespace);
  }

  /** Takes in a namespace that was just published, unless a newer one is known. */
  rememberNamespace(document: NamespaceDocument, now: number): void {
    this.#namespaces.remember(document, now);
  }
}

/** This isolate's table for a KV binding. */
export const recordTableOf = onceFor((kv: KVNamespace) => new RecordTable(kv));
