import { BoundedMap } from "../../memo/bounded-map.ts";
import type { RecordTable } from "../record-table.ts";
import type { Source } from "./answer-question.ts";
import type { Basis } from "./reply.ts";

/** A finished answer, except for its ID. */
export interface KeptAnswer {
  message: Uint8Array<ArrayBuffer>;
  headers: Headers;
  basis: Basis;
}

/** Longer questions are not remembered: no ordinary question is so long. */
const LONGEST_QUESTION = 512;
const BOUNDS = { entries: 4_096, weight: 4 * 1024 * 1024 };

/**
 * Finished answers by the octets of their questions. An answer is valid as long as the table of records still has the very
 * documents that it was made from. When full it forgets everything, since hot answers are back at once.
 */
export class AnswerMemory {
  readonly #answers: BoundedMap<string, KeptAnswer>;
  /** The largest answer that is kept, in octets. */
  readonly #largest: number;

  constructor(bounds = BOUNDS) {
    this.#answers = new BoundedMap(bounds, "everything", octetsOf);
    this.#largest = bounds.weight / 8;
  }

  /** The answer for a question's key, without a promise; null: there is none, or it is no longer valid. */
  recall(key: string, { table, now, waitUntil }: Pick<Source, "table" | "now" | "waitUntil">): KeptAnswer | null {
    const kept = this.#answers.get(key);
    if (kept === undefined) return null;
    return holds(kept.basis, table, now, waitUntil) ? kept : null;
  }

  keep(key: string, answer: KeptAnswer): void {
    if (octetsOf(key, answer) <= this.#largest) this.#answers.set(key, answer);
  }
}

function octetsOf(key: string, { message }: KeptAnswer): number {
  return key.length + message.length;
}

/** The key of a question: its octets without the ID, one character each. Null: it is too long to remember. */
export function questionKey(message: Uint8Array): string | null {
  return message.length > LONGEST_QUESTION + 2 ? null : String.fromCharCode(...message.subarray(2));
}

function holds(
  { namespace, account, record }: Basis,
  table: RecordTable,
  now: number,
  waitUntil: Source["waitUntil"],
): boolean {
  if (namespace !== undefined && table.knownNamespace(namespace.name, now, waitUntil) !== namespace.document)
    return false;
  if (account !== undefined && table.accounts.known(account.id, now, waitUntil) !== account) return false;
  return record === undefined || table.knownRecord(record.key, now, waitUntil) === record.document;
}
