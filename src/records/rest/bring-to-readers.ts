import type { RestContext } from "../../rest/context.ts";
import { publishNamespace, publishRecord } from "../record-publication.ts";
import { recordTableOf } from "../record-table.ts";
import { RestProblem } from "./errors.ts";

/** Brings a record from D1 to readers. A change is acknowledged only after that. */
export async function bringRecordToReaders(c: RestContext, key: string): Promise<void> {
  const result = await publishRecord(c.env.RECORD_PUBLISHER, recordTableOf(c.env.ZONES), key);
  if (result.kind === "pending") throw new RestProblem("not_published");
}

/** Brings a namespace from D1 to readers, as {@link bringRecordToReaders} does a record. */
export async function bringNamespaceToReaders(c: RestContext, name: string): Promise<void> {
  const result = await publishNamespace(c.env.RECORD_PUBLISHER, recordTableOf(c.env.ZONES), name);
  if (result.kind === "pending") throw new RestProblem("not_published");
}
