/** What became of a name when what was published of it gave way to what D1 says. */
export interface PublishedChange {
  name: string;
  /** `back`: nothing was served under it, and now something is. `gone`: the other way round. */
  became: "changed" | "back" | "gone";
  /** What differs, where it is changed: members of the document. */
  fields: string[];
}

/** A document as KV holds it, of whichever kind. */
export type AnyDocument = Readonly<Record<string, unknown>>;

/** Versions go up with every restore, and everything is purged: that says nothing. */
const NOT_COMPARED = new Set(["version", "revision", "purges"]);

/** The change from what was published to what is now; null: there is none to speak of. Null stands for no document. */
export function publishedChange(
  name: string,
  before: AnyDocument | null,
  after: AnyDocument | null,
): PublishedChange | null {
  const was = isServed(before) ? before : null;
  const is = isServed(after) ? after : null;
  if (was === null && is === null) return null;
  if (was === null) return { name, became: "back", fields: [] };
  if (is === null) return { name, became: "gone", fields: [] };
  const members = new Set([...Object.keys(was), ...Object.keys(is)]);
  const fields = [...members].filter(
    (member) => !NOT_COMPARED.has(member) && JSON.stringify(was[member]) !== JSON.stringify(is[member]),
  );
  return fields.length === 0 ? null : { name, became: "changed", fields };
}

/** Whether there is a document, and of something that is not deleted. */
export function isServed(document: AnyDocument | null): document is AnyDocument {
  return document !== null && document.state !== "deleted";
}

/** The version or revision of a document. */
export function counterOf(document: AnyDocument, counter: "version" | "revision"): number {
  return Number(document[counter] ?? 0);
}
