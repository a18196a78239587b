import { DocumentPublisher, type PublishedKind, type PublisherEnv } from "../documents/document-publisher.ts";
import { documentNameOf, type NamespaceDocument, type RecordDocument } from "./documents.ts";
import {
  markNamespacePublished,
  markRecordPublished,
  namespaceDocumentOf,
  recordDocumentOf,
} from "./published-documents.ts";

/** Records and namespaces by their keys in the zone table. */
const DOCUMENT: PublishedKind<RecordDocument | NamespaceDocument> = {
  what: "record",
  documentOf(db, documentKey) {
    const { kind, name } = documentNameOf(documentKey);
    return kind === "record" ? recordDocumentOf(db, name) : namespaceDocumentOf(db, name);
  },
  keyOf: (documentKey) => documentKey,
  feed: "records",
  revisionOf: ({ revision }) => revision,
  isDeleted: ({ state }) => state === "deleted",
  deleted: (document, revision) => ({
    ...document,
    ...("data" in document && { data: "" }),
    state: "deleted",
    revision,
  }),
  markPublished: (db, document) =>
    "key" in document ? markRecordPublished(db, document) : markNamespacePublished(db, document),
};

/** Publishes the records of one key, or one namespace. There is one object for each, named like the document in KV. */
export class RecordPublisher extends DocumentPublisher<RecordDocument | NamespaceDocument> {
  constructor(ctx: DurableObjectState, env: PublisherEnv) {
    super(ctx, env, DOCUMENT);
  }
}
