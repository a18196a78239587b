import { Sieve } from "../../../memo/sieve.ts";

/** A response in the cache's folder. */
export interface CachedFile {
  /** The hash of its URL, followed by that of its group. */
  id: string;
  /** Increases with later writes: roughly the microsecond in which writing began. */
  sequence: number;
  headBytes: number;
  bodyBytes: number;
}

const BLOCK_BYTES = 4_096;

/** Roughly what a file's name and its inode take (bytes). */
const NAME_BYTES = 512;

/** Roughly how much disk space a file of so many bytes takes. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES + NAME_BYTES;
}

/**
 * Knows what the cache's folder has, and which files have to be removed so that the rest fits. It touches no file: its caller
 * removes those that it returns.
 */
export class CacheIndex {
  readonly #bound: number;
  readonly #files = new Sieve<CachedFile>();
  #reserved = 0;

  /** @param bound bytes of disk */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Bytes of disk, including those of files being written. */
  get bytes(): number {
    return this.#files.cost + this.#reserved;
  }

  get(id: string): CachedFile | null {
    return this.#files.get(id) ?? null;
  }

  /** The file that was written first among those left. */
  get oldest(): CachedFile | null {
    return this.#files.oldest ?? null;
  }

  /** Whether the index has exactly this file. */
  holds(file: CachedFile): boolean {
    return this.#files.peek(file.id) === file;
  }

  /**
   * Adds a file. Of two with the same id, the one whose writing began later is kept, as after a restart.
   *
   * @returns the file to remove: the earlier one, or this one; null: none
   */
  add(file: CachedFile): CachedFile | null {
    const known = this.#files.peek(file.id);
    if (known !== undefined && known.sequence > file.sequence) return file;
    this.#files.set(file.id, file, costOf(file));
    return known ?? null;
  }

  /** The files whose ids have this ending, and whose writing began before a sequence number. */
  endingWith(suffix: string, before: number): CachedFile[] {
    return this.#files.values().filter(({ id, sequence }) => id.endsWith(suffix) && sequence < before);
  }

  /** Forgets a file, if it is still the current one. */
  remove(file: CachedFile): void {
    if (this.holds(file)) this.#files.delete(file.id);
  }

  /**
   * Reserves bytes of disk for a file that is about to grow.
   *
   * @returns the files that have to be removed first; null: there is not enough room even without all of them
   */
  reserve(bytes: number): CachedFile[] | null {
    if (this.#reserved + bytes > this.#bound) return null;
    this.#reserved += bytes;
    return this.shrink();
  }

  /** Releases what {@link reserve} reserved: the file was added, or given up. */
  release(bytes: number): void {
    this.#reserved -= bytes;
  }

  /** Evicts until everything left fits. */
  shrink(): CachedFile[] {
    return this.#files.shrinkTo(this.#bound - this.#reserved);
  }
}

function costOf({ headBytes, bodyBytes }: CachedFile): number {
  return diskBytes(headBytes + bodyBytes);
}
