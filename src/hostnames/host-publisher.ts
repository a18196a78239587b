import { DocumentPublisher, type PublishedKind, type PublisherEnv } from "../documents/document-publisher.ts";
import type { HostDocument } from "./host-document.ts";
import { hostKey } from "./host-table.ts";
import { hostDocumentOf, markHostPublished } from "./published-hosts.ts";

const HOST: PublishedKind<HostDocument> = {
  what: "host",
  documentOf: hostDocumentOf,
  keyOf: hostKey,
  feed: "zones",
  revisionOf: ({ revision }) => revision,
  isDeleted: ({ state }) => state === "deleted",
  deleted: ({ hostname }, revision) => ({ hostname, state: "deleted", zone: null, revision }),
  markPublished: markHostPublished,
};

/** Publishes which zone a customer's hostname leads to. There is one object for each hostname. */
export class HostPublisher extends DocumentPublisher<HostDocument> {
  constructor(ctx: DurableObjectState, env: PublisherEnv) {
    super(ctx, env, HOST);
  }
}
