/**
 * The ResolveDB documents in the zone table (KV): the control plane writes them from D1, and readers of names read nothing
 * else.
 */

/** A record as readers get it: the document under `rec:<key>`. */
export interface RecordDocument {
  id: string;
  account: string;
  /** `[label.]*resource.namespace.version`, lower case. */
  key: string;
  namespace: string;
  resource: string;
  version: string;
  /** Standard Base64 with padding. */
  data: string;
  /** Seconds. */
  ttl: number;
  /** Ms since the epoch. */
  createdAt: number;
  updatedAt: number;
  /** Increases with every change, even if the record is deleted and another with the same key is made. */
  revision: number;
  /** A deleted record's document stays for a while, so that a late reader of the table does not revive it. */
  state: "active" | "deleted";
}

/** A namespace as readers get it: the document under `ns:<name>`. */
export interface NamespaceDocument {
  name: string;
  account: string;
  /** Private: only those with one of its query tokens may read its records. */
  visibility: "public" | "private";
  revision: number;
  /** A deleted namespace's document stays for a while, like a record's. */
  state: "active" | "deleted";
}

const RECORD_PREFIX = "rec:";
const NAMESPACE_PREFIX = "ns:";

/** The key of a record's document in KV. */
export function recordDocumentKey(key: string): string {
  return RECORD_PREFIX + key;
}

/** The key of a namespace's document in KV. */
export function namespaceDocumentKey(name: string): string {
  return NAMESPACE_PREFIX + name;
}

/** What the document under a key in KV describes. */
export function documentNameOf(documentKey: string): { kind: "record" | "namespace"; name: string } {
  return documentKey.startsWith(RECORD_PREFIX)
    ? { kind: "record", name: documentKey.slice(RECORD_PREFIX.length) }
    : { kind: "namespace", name: documentKey.slice(NAMESPACE_PREFIX.length) };
}
