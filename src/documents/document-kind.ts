/** KV cannot be read, and nothing recent enough is known of what was looked up. */
export class TableUnavailable extends Error {
  override name = "TableUnavailable";
}

/** How one table of documents differs from another. */
export interface DocumentKind<Document> {
  /** The kind of thing that a document describes, for errors and logs: "zone". */
  what: string;
  /** The KV key of a name's document is this, followed by the name. */
  prefix: string;
  /** Whether a document can have this name. KV is not asked for others. */
  canBe(name: string): boolean;
  /** Reads a document's JSON. */
  parse(text: string): Document;
  nameOf(document: Document): string;
  /** Grows with each change; the newer of two documents wins. */
  revisionOf(document: Document): number;
  /** Whether a document says that its thing was deleted. It stays for a while and counts as missing. */
  isDeleted(document: Document): boolean;
  /** How long a document may be believed, at most, ms. */
  lifetimeOf(document: Document): number;
  /** The document that replaces a missing one and is remembered like one. Absent: there is none. */
  whereMissing?(name: string): Document;
}

/** How much a table may hold: names, names known to be missing, and characters of JSON. */
export interface TableBounds {
  names: number;
  missing: number;
  characters: number;
}
