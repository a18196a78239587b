import { DocumentPublisher, type PublishedKind, type PublisherEnv } from "../documents/document-publisher.ts";
import type { AccountDocument } from "./account-document.ts";
import { accountKey } from "./account-table.ts";
import { accountDocumentOf, markAccountPublished } from "./published-accounts.ts";

const ACCOUNT: PublishedKind<AccountDocument> = {
  what: "account",
  documentOf: accountDocumentOf,
  keyOf: accountKey,
  feed: "zones",
  revisionOf: ({ revision }) => revision,
  isDeleted: () => false,
  // Nothing is left of it that could be served, so nobody reads its document.
  deleted: () => null,
  markPublished: markAccountPublished,
};

/** Publishes what the edge has to know about an account. There is one object for each account. */
export class AccountPublisher extends DocumentPublisher<AccountDocument> {
  constructor(ctx: DurableObjectState, env: PublisherEnv) {
    super(ctx, env, ACCOUNT);
  }
}
