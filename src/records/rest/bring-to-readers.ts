import type { RestContext } from "../../rest/context.ts";
import { publishNamespace, publishRecord } from "../record-publication.ts";
import { recordTableOf } from "../record-table.ts";
import { RestProblem } from "./errors.ts";

/** Brings a record that D1 holds to readers. A change is acknowledged only after that. */
export async function bringRecordToReaders(c: RestContext, key: string): Promise<void> {
  const result = await publishRecord(c.env.RECORD_PUBLISHER, recordTableOf(c.env.ZONES), key);
  if (result.kind === "pending") throw new RestProblem("not_published");
}

/** Brings a namespace that D1 holds to readers, as {@link bringRecordToReaders} does a record. */
export async function bringNamespaceToReaders(c: RestContext, name: string): Promise<void> {
  const result = await publishNamespace(c.env.RECORD_PUBLISHER, recordTableOf(c.env.ZONES), name);
  if (result.kind === "pending") throw new RestProblem("not_published");
}
