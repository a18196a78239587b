import type { DocumentKind, TableBounds } from "../documents/document-kind.ts";
import { DocumentTable } from "../documents/document-table.ts";
import { onceFor } from "../memo/once-for.ts";
import { legible } from "./purge/purge-log.ts";
import { completeSettings } from "./settings.ts";
import type { ZoneDocument } from "./zone.ts";
import { checkZoneName } from "./zone-name.ts";

export { TableUnavailable } from "../documents/document-kind.ts";
export type { WaitUntil } from "../memo/shared-reads.ts";

const PREFIX = "zone:";

/** The key of a zone's document in KV. */
export function zoneKey(name: string): string {
  return PREFIX + name;
}

const ZONE: DocumentKind<ZoneDocument> = {
  what: "zone",
  prefix: PREFIX,
  canBe: (name) => checkZoneName(name).ok,
  parse: readDocument,
  nameOf: ({ name }) => name,
  revisionOf: ({ version }) => version,
  isDeleted: ({ state }) => state === "deleted",
  lifetimeOf: () => Number.POSITIVE_INFINITY,
};

const BOUNDS: TableBounds = { names: 10_000, missing: 10_000, characters: 16 * 1024 * 1024 };

/** The zone table as one isolate knows it. */
export class ZoneTable extends DocumentTable<ZoneDocument> {
  constructor(kv: KVNamespace, bounds: TableBounds = BOUNDS) {
    super(kv, ZONE, bounds);
  }
}

/** This isolate's table over a KV binding. */
export const zoneTableOf = onceFor((kv: KVNamespace) => new ZoneTable(kv));

/** Reads a document's JSON. */
export function readDocument(text: string): ZoneDocument {
  return legibleDocument(JSON.parse(text));
}

/** Completes a document that may have been written before the newest settings, or the purge log's form, existed. */
export function legibleDocument(document: ZoneDocument): ZoneDocument {
  return { ...document, settings: completeSettings(document.settings), purges: legible(document.purges) };
}
