import type { DocumentCopies } from "../documents/document-copies.ts";
import type { DocumentKind, TableBounds } from "../documents/document-kind.ts";
import { DocumentTable } from "../documents/document-table.ts";
import type { FeedCopy } from "../documents/feed-copy.ts";
import { onceFor } from "../memo/once-for.ts";
import type { WaitUntil } from "../memo/shared-reads.ts";
import type { AccountDocument } from "./account-document.ts";

const PREFIX = "acct:";

/** The key of an account's document in KV. */
export function accountKey(id: string): string {
  return PREFIX + id;
}

/** Whether a key in KV belongs to an account's document. */
export function isAccountKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** Most accounts have no document. This is remembered for them as for others, so that no request waits to find out again. */
export const ORDINARY_ACCOUNT: Omit<AccountDocument, "id"> = { state: "active", stoppedUntil: null, revision: 0 };

const ACCOUNT: DocumentKind<AccountDocument> = {
  what: "account",
  prefix: PREFIX,
  canBe: () => true,
  parse: (text) => JSON.parse(text) as AccountDocument,
  nameOf: ({ id }) => id,
  revisionOf: ({ revision }) => revision,
  isDeleted: () => false,
  lifetimeOf: () => Number.POSITIVE_INFINITY,
  whereMissing: (id) => ({ id, ...ORDINARY_ACCOUNT }),
};

const BOUNDS: TableBounds = { names: 10_000, missing: 0, characters: 2 * 1024 * 1024 };

/** Accounts as one isolate knows them, as `ZoneTable` knows zones. */
export class AccountTable {
  readonly #accounts: DocumentTable<AccountDocument>;

  constructor(kv: KVNamespace, bounds: TableBounds = BOUNDS) {
    this.#accounts = new DocumentTable(kv, ACCOUNT, bounds);
  }

  /**
   * The document of an account. A promise only if the isolate has not seen the account within the last minute.
   *
   * @param now ms since the epoch
   * @throws {TableUnavailable} if KV fails and nothing recent enough is known
   */
  lookup(id: string, now: number, waitUntil: WaitUntil): AccountDocument | Promise<AccountDocument> {
    // A missing document has a stand-in.
    return this.#accounts.lookup(id, now, waitUntil) as AccountDocument | Promise<AccountDocument>;
  }

  /** As {@link DocumentTable.follow}. */
  follow(feed: FeedCopy, copies?: DocumentCopies | null): void {
    this.#accounts.follow(feed, copies);
  }

  /** What {@link lookup} answers without a promise; undefined: KV would have to be read first. */
  known(id: string, now: number, waitUntil: WaitUntil): AccountDocument | undefined {
    return this.#accounts.known(id, now, waitUntil) ?? undefined;
  }

  /** Takes in a document that was just published, unless a newer one is known. */
  remember(document: AccountDocument, now: number): void {
    this.#accounts.remember(document, now);
  }
}

/** This isolate's table for a KV binding. */
export const accountTableOf = onceFor((kv: KVNamespace) => new AccountTable(kv));
