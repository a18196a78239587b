import type { DocumentKind, TableBounds } from "../documents/document-kind.ts";
import { DocumentTable } from "../documents/document-table.ts";
import { onceFor } from "../memo/once-for.ts";
import type { HostDocument } from "./host-document.ts";

const PREFIX = "host:";

/** The key in KV of a hostname's document. */
export function hostKey(hostname: string): string {
  return PREFIX + hostname;
}

/** Whether a key in KV belongs to a hostname's document. */
export function isHostKey(key: string): boolean {
  return key.startsWith(PREFIX);
}

/**
 * Whether a hostname, as `URL.hostname` gives it without a dot at its end, can exist: a DNS name of two labels or more (RFC
 * 1035 §2.3.4, RFC 1123 §2.1) whose last one is not a number (WHATWG URL: it would be an address).
 */
export function canBeHostname(hostname: string): boolean {
  return (
    hostname.length <= 253 && /^(?:(?!-)[a-z0-9-]{1,63}(?<!-)\.)+(?!-)(?!\d+$)[a-z0-9-]{2,63}(?<!-)$/.test(hostname)
  );
}

const HOST: DocumentKind<HostDocument> = {
  what: "host",
  prefix: PREFIX,
  canBe: canBeHostname,
  parse: (text) => JSON.parse(text) as HostDocument,
  nameOf: ({ hostname }) => hostname,
  revisionOf: ({ revision }) => revision,
  isDeleted: ({ state }) => state === "deleted",
  lifetimeOf: () => Number.POSITIVE_INFINITY,
};

/** Missing hostnames are remembered apart from known ones, so that names made up by clients do not push out a customer's. */
const BOUNDS: TableBounds = { names: 20_000, missing: 10_000, characters: 4 * 1024 * 1024 };

/** Customers' hostnames as one isolate knows them, as `ZoneTable` knows zones. */
export class HostTable extends DocumentTable<HostDocument> {
  constructor(kv: KVNamespace, bounds: TableBounds = BOUNDS) {
    super(kv, HOST, bounds);
  }
}

/** This isolate's table over a KV binding. */
export const hostTableOf = onceFor((kv: KVNamespace) => new HostTable(kv));
