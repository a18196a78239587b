/** A response in the cache's folder. */
export interface CachedFile {
  /** The hash of its URL, then that of its group. */
  id: string;
  /** Later writes have larger numbers: the microsecond that it was begun in, roughly. */
  sequence: number;
  headBytes: number;
  bodyBytes: number;
}

interface Node {
  file: CachedFile;
  /** Asked for since the hand passed last. */
  visited: boolean;
  newer: Node | null;
  older: Node | null;
}

const BLOCK_BYTES = 4_096;

/** A file's name and its inode, roughly (bytes). */
const NAME_BYTES = 512;

/** What a file of so many bytes takes of the disk, roughly. */
export function diskBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES + NAME_BYTES;
}

/**
 * What the cache's folder holds, and what has to go for the rest to fit. As the edge's memory does, it evicts by SIEVE: a
 * queue in order of arrival and a hand that goes from the oldest to the newest, spares what was asked for since it last came
 * by, and takes the rest. It touches no file: who calls it removes those that it names.
 */
export class CacheIndex {
  readonly #bound: number;
  readonly #nodes = new Map<string, Node>();
  #newest: Node | null = null;
  #oldest: Node | null = null;
  #hand: Node | null = null;
  #held = 0;
  #reserved = 0;

  /** @param bound bytes of disk */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Bytes of disk, with those of files that are being written. */
  get bytes(): number {
    return this.#held + this.#reserved;
  }

  get(id: string): CachedFile | null {
    const node = this.#nodes.get(id);
    if (node === undefined) return null;
    node.visited = true;
    return node.file;
  }

  /** The file that was written first of all that are left. */
  get oldest(): CachedFile | null {
    return this.#oldest?.file ?? null;
  }

  /** Whether this very file is held. */
  holds(file: CachedFile): boolean {
    return this.#nodes.get(file.id)?.file === file;
  }

  /**
   * Takes in a file. Of two with one id the one whose writing was begun later is held, as after a restart.
   *
   * @returns the file that has to go: the one that was held before, or this one; null: none
   */
  add(file: CachedFile): CachedFile | null {
    const known = this.#nodes.get(file.id);
    if (known !== undefined && known.file.sequence > file.sequence) return file;
    if (known !== undefined) this.#remove(known);
    const node: Node = { file, visited: false, newer: null, older: this.#newest };
    if (this.#newest !== null) this.#newest.newer = node;
    this.#newest = node;
    this.#oldest ??= node;
    this.#nodes.set(file.id, node);
    this.#held += costOf(file);
    return known?.file ?? null;
  }

  /** The files whose ids end so, and whose writing began earlier than that. */
  endingWith(suffix: string, before: number): CachedFile[] {
    const files: CachedFile[] = [];
    for (const [id, { file }] of this.#nodes) {
      if (id.endsWith(suffix) && file.sequence < before) files.push(file);
    }
    return files;
  }

  /** Forgets a file, where it is still the one that is held. */
  remove(file: CachedFile): void {
    const node = this.#nodes.get(file.id);
    if (node?.file === file) this.#remove(node);
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
    const evicted: CachedFile[] = [];
    while (this.bytes > this.#bound) {
      const candidate = this.#hand ?? this.#oldest;
      if (candidate === null) break;
      if (candidate.visited) {
        candidate.visited = false;
        this.#hand = candidate.newer;
      } else {
        this.#remove(candidate);
        evicted.push(candidate.file);
      }
    }
    return evicted;
  }

  #remove(node: Node): void {
    if (this.#hand === node) this.#hand = node.newer;
    if (node.newer === null) this.#newest = node.older;
    else node.newer.older = node.older;
    if (node.older === null) this.#oldest = node.newer;
    else node.older.newer = node.newer;
    this.#nodes.delete(node.file.id);
    this.#held -= costOf(node.file);
  }
}

function costOf({ headBytes, bodyBytes }: CachedFile): number {
  return diskBytes(headBytes + bodyBytes);
}
