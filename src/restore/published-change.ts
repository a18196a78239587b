/** What happened to a name when its published document was replaced by D1's. */
export interface PublishedChange {
  name: string;
  /** `back`: nothing was served under it before, and now something is. `gone`: the reverse. */
  became: "changed" | "back" | "gone";
  /** What differs, if it was changed: members of the document. */
  fields: string[];
}

/** A document in KV, of any kind. */
export type AnyDocument = Readonly<Record<string, unknown>>;

/** Every restore raises versions and purges everything, so differences in these say nothing. */
const NOT_COMPARED = new Set(["version", "revision", "purges"]);

/**
 * The change from the document published before to the current one; null: there is no noteworthy change. Null stands for no
 * document.
 */
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

/** Whether there is a document, and what it describes is not deleted. */
export function isServed(document: AnyDocument | null): document is AnyDocument {
  return document !== null && document.state !== "deleted";
}

/** The version or revision of a document. */
export function counterOf(document: AnyDocument, counter: "version" | "revision"): number {
  return Number(document[counter] ?? 0);
}
