import { DocumentPublisher, type PublishedKind, type PublisherEnv } from "../documents/document-publisher.ts";
import type { ZoneDocument } from "./zone.ts";
import { documentOf, markPublished } from "./zone-document.ts";
import { zoneKey } from "./zone-table.ts";

const ZONE: PublishedKind<ZoneDocument> = {
  what: "zone",
  documentOf,
  keyOf: zoneKey,
  isDeleted: ({ state }) => state === "deleted",
  markPublished,
};

/** Publishes the zones of one name, one object for each name. */
export class ZonePublisher extends DocumentPublisher<ZoneDocument> {
  constructor(ctx: DurableObjectState, env: PublisherEnv) {
    super(ctx, env, ZONE);
  }
}
