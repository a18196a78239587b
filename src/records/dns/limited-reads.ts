import type { WaitUntil } from "../../memo/shared-reads.ts";
import type { NamespaceDocument, RecordDocument } from "../documents.ts";
import type { RecordTable } from "../record-table.ts";
import type { KeyList, KeyQuery } from "../stored-keys.ts";
import { type Allowance, TOO_MANY_QUESTIONS } from "./name-limits.ts";

/** What answering a question reads from, and how much it may cost. */
export interface Reading {
  table: RecordTable;
  db: D1Database;
  allowance: Allowance;
  /** Ms since the epoch. */
  now: number;
  waitUntil: WaitUntil;
}

/**
 * Whether a question has a token that opens the namespace, or anybody may have sent it. The latter also uses the namespace's
 * own budget.
 */
export type Asker = "anybody" | "holder";

/** The namespace with a name. @throws {TooManyQuestions} */
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
 * The record with a key. If strangers have asked a namespace for much that does not exist, the list of its keys is looked at
 * first, which is read once for all of them. Existing records are answered as always, and nothing is read for others.
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
  // Taken before it is known whether the record exists. Otherwise, many questions at once would all pass.
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

/** Keys to list or search. @throws {TooManyQuestions} */
export async function readKeys(reading: Reading, query: KeyQuery, asker: Asker): Promise<KeyList> {
  const { table, db, allowance, now, waitUntil } = reading;
  const known = table.keys.known(query, now);
  if (known !== null) return known;
  // The client's allowance first: a client that has none left uses up nothing of the namespace's.
  await allowance.takeSearch();
  if (asker === "anybody" && !allowance.takeFruitless(query.namespace)) throw TOO_MANY_QUESTIONS;
  return table.keys.keysOf(db, query, now, waitUntil);
}
