import { Sieve } from "../../../memo/sieve.ts";

/** A response in the cache's folder. */
export interface CachedFile {
  /** The hash of its URL, then that of its group. */
  id: string;
  /** Later writes have larger numbers: the microsecond that it was begun in, roughly. */
  sequence: number;
  headBytes: number;
  bodyBytes: number;
}

const BLOCK_BYTES = 4_096;

/** A file's name and its inode, roughly (bytes). */
const NAME_BYTES = 512;

/** What a file of so many bytes takes of the disk, roughly. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES + NAME_BYTES;
}

/** What the cache's folder holds, and what has to go for the rest to fit. It touches no file: who calls it removes those that it names. */
export class CacheIndex {
  readonly #bound: number;
  readonly #files = new Sieve<CachedFile>();
  #reserved = 0;

  /** @param bound bytes of disk */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Bytes of disk, with those of files that are being written. */
  get bytes(): number {
    return this.#files.cost + this.#reserved;
  }

  get(id: string): CachedFile | null {
    return this.#files.get(id) ?? null;
  }

  /** The file that was written first of all that are left. */
  get oldest(): CachedFile | null {
    return this.#files.oldest ?? null;
  }

  /** Whether this very file is held. */
  holds(file: CachedFile): boolean {
    return this.#files.peek(file.id) === file;
  }

  /**
   * Takes in a file. Of two with one id the one whose writing was begun later is held, as after a restart.
   *
   * @returns the file that has to go: the one that was held before, or this one; null: none
   */
  add(file: CachedFile): CachedFile | null {
    const known = this.#files.peek(file.id);
    if (known !== undefined && known.sequence > file.sequence) return file;
    this.#files.set(file.id, file, costOf(file));
    return known ?? null;
  }

  /** The files whose ids end so, and whose writing began earlier than that. */
  endingWith(suffix: string, before: number): CachedFile[] {
    return this.#files.values().filter(({ id, sequence }) => id.endsWith(suffix) && sequence < before);
  }

  /** Forgets a file, where it is still the one that is held. */
  remove(file: CachedFile): void {
    if (this.holds(file)) this.#files.delete(file.id);
  }

  /**
   * Keeps so many bytes of disk for a file that is about to grow.
   *
   * @returns the files that have to go first; null where even without all of them there is no room
   */
  reserve(bytes: number): CachedFile[] | null {
    if (this.#reserved + bytes > this.#bound) return null;
    this.#reserved += bytes;
    return this.shrink();
  }

  /** Takes back what {@link reserve} kept: the file has been added, or given up. */
  release(bytes: number): void {
    this.#reserved -= bytes;
  }

  /** Evicts until all that is left fits. */
  shrink(): CachedFile[] {
    return this.#files.shrinkTo(this.#bound - this.#reserved);
  }
}

function costOf({ headBytes, bodyBytes }: CachedFile): number {
  return diskBytes(headBytes + bodyBytes);
}
