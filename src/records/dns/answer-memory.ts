import { BoundedMap } from "../../memo/bounded-map.ts";
import type { RecordTable } from "../record-table.ts";
import type { Source } from "./answer-question.ts";
import type { Basis } from "./reply.ts";

/** An answer in its final form, but for the ID. */
export interface KeptAnswer {
  message: Uint8Array<ArrayBuffer>;
  headers: Headers;
  basis: Basis;
}

/** Questions longer than this are not remembered: no ordinary one is. */
const LONGEST_QUESTION = 512;
const BOUNDS = { entries: 4_096, weight: 4 * 1024 * 1024 };

/**
 * Finished answers by the octets of their questions. An answer holds as long as the table of records still knows the very
 * documents that it was made of. When it is full it forgets everything: what is hot is back at once.
 */
export class AnswerMemory {
  readonly #answers: BoundedMap<string, KeptAnswer>;
  /** Octets of the largest answer that is kept. */
  readonly #largest: number;

  constructor(bounds = BOUNDS) {
    this.#answers = new BoundedMap(bounds, "everything", octetsOf);
    this.#largest = bounds.weight / 8;
  }

  /** The answer to a question by its key, without a promise; null where there is none that still holds. */
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

/** The key of a question: its octets without the ID, one character each. Null: it is too long to be remembered. */
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
