/**
 * What the zone table (KV) holds of ResolveDB: the control plane writes it from D1, readers of names read nothing else.
 */

/** A record as readers know it: the document under `rec:<key>`. */
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
  /** Grows by one with every change, also over deletion and a new record of the same key. */
  revision: number;
  /** A deleted record's document stays for a while, so that a late reader of the table does not revive it. */
  state: "active" | "deleted";
}

/** A namespace as readers know it: the document under `ns:<name>`. */
export interface NamespaceDocument {
  name: string;
  account: string;
  /** Private: only who shows a query token of it may read its records. */
  visibility: "public" | "private";
  revision: number;
  /** A deleted namespace's document stays for a while, as a record's does. */
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

/** What the document under a key in KV is of. */
export function documentNameOf(documentKey: string): { kind: "record" | "namespace"; name: string } {
  return documentKey.startsWith(RECORD_PREFIX)
    ? { kind: "record", name: documentKey.slice(RECORD_PREFIX.length) }
    : { kind: "namespace", name: documentKey.slice(NAMESPACE_PREFIX.length) };
}
