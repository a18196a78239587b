import { DocumentPublisher, type PublishedKind, type PublisherEnv } from "../documents/document-publisher.ts";
import { EMPTY_PURGE_LOG } from "./purge/purge-log.ts";
import { completeSettings } from "./settings.ts";
import type { ZoneDocument } from "./zone.ts";
import { documentOf, markPublished } from "./zone-document.ts";
import { zoneKey } from "./zone-table.ts";

const ZONE: PublishedKind<ZoneDocument> = {
  what: "zone",
  documentOf,
  keyOf: zoneKey,
  feed: "zones",
  revisionOf: ({ version }) => version,
  isDeleted: ({ state }) => state === "deleted",
  deleted: ({ takedowns: _, ...zone }, version) => ({
    ...zone,
    state: "deleted",
    settings: completeSettings({}),
    purges: EMPTY_PURGE_LOG,
    version,
  }),
  markPublished,
};

/** Publishes the zones of one name, one object for each name. */
export class ZonePublisher extends DocumentPublisher<ZoneDocument> {
  constructor(ctx: DurableObjectState, env: PublisherEnv) {
    super(ctx, env, ZONE);
  }
}
