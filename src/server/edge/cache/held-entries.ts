import { APART, APART_HEADER, type Cached, ENTRY_HEADER } from "../../../edge/cache/own-cache.ts";
import { Sieve } from "../../../memo/sieve.ts";
import type { CachedFile } from "./cache-index.ts";

/** How many bytes of entries are held. */
const HELD_BYTES = 4_194_304;

/** Roughly what the objects around a held entry take (bytes). */
const OVERHEAD_BYTES = 512;

const decoder = new TextDecoder();

/** The entries of recently read files: a body whose entry is here is streamed straight from the disk to the client. */
export class HeldEntries {
  readonly #entries = new Sieve<{ file: CachedFile; entry: string | null }>();

  /** Null: it has to be read. */
  of(file: CachedFile): Pick<Cached, "entry"> | null {
    if (file.headBytes === 0) return WITHOUT_ENTRY;
    const held = this.#entries.get(file.id);
    return held?.file === file ? held : null;
  }

  /** Keeps the entry of a file. @param bytes what precedes its body */
  hold(file: CachedFile, bytes: Uint8Array): Pick<Cached, "entry"> {
    const held = { file, entry: entryOf(decoder.decode(bytes)) };
    this.#entries.set(file.id, held, OVERHEAD_BYTES + file.headBytes);
    this.#entries.shrinkTo(HELD_BYTES);
    return held;
  }

  delete(file: CachedFile): void {
    this.#entries.delete(file.id);
  }
}

const WITHOUT_ENTRY: Pick<Cached, "entry"> = { entry: null };

/** What was written before a body. Older versions of this cache wrote all of a response's fields there. */
function entryOf(text: string): string | null {
  if (!text.startsWith("[")) return text;
  const fields = new Map(JSON.parse(text) as [name: string, value: string][]);
  return fields.get(ENTRY_HEADER) ?? (fields.has(APART_HEADER) ? APART : null);
}
