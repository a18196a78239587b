import type { WaitUntil } from "../../memo/shared-reads.ts";
import type { NamespaceDocument, RecordDocument } from "../documents.ts";
import type { RecordTable } from "../record-table.ts";
import type { KeyList, KeyQuery } from "../stored-keys.ts";
import { type Allowance, TOO_MANY_QUESTIONS } from "./name-limits.ts";

/** Where is read for a question, and what it may cost. */
export interface Reading {
  table: RecordTable;
  db: D1Database;
  allowance: Allowance;
  /** Ms since the epoch. */
  now: number;
  waitUntil: WaitUntil;
}

/** Whether a question shows a token that opens the namespace, or is anybody's: then its namespace has a budget as well. */
export type Asker = "anybody" | "holder";

/** The namespace of a name. @throws {TooManyQuestions} */
export async function readNamespace(
  { table, allowance, now, waitUntil }: Reading,
  name: string,
): Promise<NamespaceDocument | null> {
  const known = table.knownNamespace(name, now, waitUntil);
  if (known !== undefined) return known;
  await allowance.takeQuestion();
  return table.namespace(name, now, waitUntil);
}

/**
 * The record of a key. Where strangers have asked a namespace for much that is not there, the list of its keys is asked
 * first, which is read for all of them together: what is there is answered as ever, and nothing is read for what is not.
 *
 * @throws {TooManyQuestions}
 */
export async function readRecord(
  reading: Reading,
  key: string,
  place: Pick<KeyQuery, "namespace" | "version">,
  asker: Asker,
): Promise<RecordDocument | null> {
  const { table, allowance, now, waitUntil } = reading;
  const known = table.knownRecord(key, now, waitUntil);
  if (known !== undefined) return known;
  await allowance.takeQuestion();
  if (asker === "holder") return table.record(key, now, waitUntil);
  // Taken before it is known whether anything is found: else all that ask at once would pass.
  const taken = allowance.takeFruitless(place.namespace);
  if (!taken && !(await mayBeThere(reading, key, place))) return null;
  const record = await table.record(key, now, waitUntil);
  if (record !== null && taken) allowance.giveBackFruitless(place.namespace);
  return record;
}

async function mayBeThere(
  { table, db, allowance, now, waitUntil }: Reading,
  key: string,
  { namespace, version }: Pick<KeyQuery, "namespace" | "version">,
): Promise<boolean> {
  const query = { namespace, version, resource: null };
  let list = table.keys.known(query, now);
  if (list === null) {
    await allowance.takeSearch();
    list = await table.keys.keysOf(db, query, now, waitUntil);
  }
  return list.more || list.keys.includes(key);
}

/** Keys to list or to search. @throws {TooManyQuestions} */
export async function readKeys(reading: Reading, query: KeyQuery, asker: Asker): Promise<KeyList> {
  const { table, db, allowance, now, waitUntil } = reading;
  const known = table.keys.known(query, now);
  if (known !== null) return known;
  // The client first: who may ask nothing more uses up nothing of the namespace's.
  await allowance.takeSearch();
  if (asker === "anybody" && !allowance.takeFruitless(query.namespace)) throw TOO_MANY_QUESTIONS;
  return table.keys.keysOf(db, query, now, waitUntil);
}
