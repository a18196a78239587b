import { askPublisher, LAGGING_BOUND, republish } from "../documents/ask-publisher.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import { type NamespaceDocument, namespaceDocumentKey, type RecordDocument, recordDocumentKey } from "./documents.ts";
import { laggingDocumentKeys } from "./published-documents.ts";
import type { RecordPublisher } from "./record-publisher.ts";
import type { RecordTable } from "./record-table.ts";

type Publishers = DurableObjectNamespace<RecordPublisher>;

/** Whether the zone table has what D1 had when it was asked. */
type Published = PublishResult<RecordDocument | NamespaceDocument>;

/** Publishes a key's newest record, and updates this isolate's table at once. */
export function publishRecord(publishers: Publishers, table: RecordTable, key: string): Promise<Published> {
  return publish(publishers, table, recordDocumentKey(key));
}

/** Publishes a namespace, and updates this isolate's table at once. */
export function publishNamespace(publishers: Publishers, table: RecordTable, name: string): Promise<Published> {
  return publish(publishers, table, namespaceDocumentKey(name));
}

async function publish(publishers: Publishers, table: RecordTable, documentKey: string): Promise<Published> {
  const result = await askPublisher(publishers, "record", documentKey);
  if (result.kind === "published") table.take(result.document, Date.now());
  return result;
}

/** For the cron: publishes records and namespaces whose change has not reached the zone table. */
export async function republishLaggingRecords(db: D1Database, publishers: Publishers) {
  return republish(publishers, "record", await laggingDocumentKeys(db, LAGGING_BOUND));
}
