import { Sieve } from "../../memo/sieve.ts";
import type { KnownResponse } from "./hot-response.ts";
import { costOfKnown } from "./memory.ts";
import { hashesOf } from "./origin-fields.ts";
import type { StoredResponse } from "./stored-response.ts";
import { isVaryRecord, type VaryRecord } from "./variants.ts";

/** An entry that was read from the store. */
export interface ReadEntry {
  entry: StoredResponse | VaryRecord;
  /** Null for a Vary record, and for a response that is read for the first time. */
  known: KnownEntry | null;
}

/** A response in the store that has been asked for again. */
export interface KnownEntry extends KnownResponse {
  /** The entry's text in the store. */
  text: string;
}

interface Remembered extends ReadEntry {
  text: string;
}

/** How much is remembered, bytes: the heads of some thousand responses. */
const BOUND_BYTES = 4_194_304;

/** Longer URLs are not remembered, since a stream of them is an attack (characters). */
const LONGEST_URL = 2_048;

/**
 * What an isolate knows of the store's entries: what their text says, and the answers made ready out of it. It holds only while
 * the store returns exactly the same text, so whoever reads the entry next sees a change that any isolate made.
 */
export class KnownEntries {
  readonly #entries = new Sieve<Remembered>();

  /** Bytes held. */
  get bytes(): number {
    return this.#entries.cost;
  }

  /** The response whose entry was last read from a URL; null where that was not the second time. */
  recall(url: string): KnownEntry | null {
    return this.#entries.get(url)?.known ?? null;
  }

  /** What an entry says. @param url where it stands in the store */
  read(url: string, text: string): ReadEntry {
    const before = this.#entries.get(url);
    if (before?.text !== text) return this.#readFirst(url, text);
    // A response that is asked for only once is not worth more than its text.
    if (before.known === null && !isVaryRecord(before.entry)) {
      const recount = () => this.#hold(url, before);
      before.known = { text, stored: before.entry, ready: new Map(), recount };
    }
    return before;
  }

  #readFirst(url: string, text: string): ReadEntry {
    const read = { entry: withTagHashes(JSON.parse(text) as StoredResponse | VaryRecord), text, known: null };
    if (url.length <= LONGEST_URL) {
      this.#entries.set(url, read, 0);
      this.#hold(url, read);
    }
    return read;
  }

  /** Counts an entry, or recounts one that has grown, and makes room. */
  #hold(url: string, remembered: Remembered): void {
    if (this.#entries.peek(url) !== remembered) return;
    const { text, entry, known } = remembered;
    const head = isVaryRecord(entry) ? 0 : costOfKnown(url, known ?? { stored: entry, ready: NONE_READY });
    this.#entries.reprice(url, head + text.length);
    this.#entries.shrinkTo(BOUND_BYTES);
  }
}

const NONE_READY: KnownResponse["ready"] = new Map();

/** Older versions of this cache stored tags without hashing them. */
function withTagHashes<Entry extends StoredResponse | VaryRecord>(entry: Entry & { tags?: string[] }): Entry {
  return entry.tags === undefined ? entry : { ...entry, tagHashes: hashesOf(entry.tags) };
}
