import { BodyReader } from "../../../edge/body/body-reader.ts";
import type { Cached, Content, PlainCache } from "../../../edge/cache/own-cache.ts";
import { Interruption } from "../../../memo/interruption.ts";
import { type CachedFile, type CacheIndex, diskBytes } from "./cache-index.ts";
import { Disk } from "./disk.ts";
import { FileIds, groupHash } from "./file-ids.ts";
import { AT_ONCE_BYTES, pathOf } from "./file-name.ts";
import { headAndBody } from "./head-and-body.ts";
import { HeldEntries } from "./held-entries.ts";
import { openIndex } from "./open-index.ts";
import { joined, readSome } from "./read-some.ts";

/** Files up to this size are read at once, entry and body (bytes). */
const READ_AT_ONCE_BYTES = 65_536;

/** Space for a body of unknown length is reserved in steps of so many bytes. */
const STEP_BYTES = 1_048_576;

/** Anything older counts as gone, like with `STORED_FOR_SECONDS`: the edge itself uses nothing older (ms). */
const LONGEST_MS = 30 * 86_400_000;

const encoder = new TextEncoder();

/** The store has no room for a response; this is not an error. */
export class CacheFull extends Error {}

/**
 * Replaces the Cache API on a machine of one's own: responses in a folder with a limit in bytes, from which the least useful
 * are evicted first. Each response is one file, with its entry before its body, which appears once it is complete and never
 * changes. The index in memory is made from the files' names. Freshness is left to the edge: whatever is put is kept while
 * there is room.
 */
export class DiskCache implements PlainCache {
  readonly #disk: Disk;
  readonly #bound: number;
  #index: CacheIndex | null = null;
  #sequence = 0;
  readonly #ids: FileIds;
  readonly #entries = new HeldEntries();

  /**
   * @param bound bytes of disk
   * @param groupOf the group of a URL, for {@link removeGroup}
   */
  constructor(folder: Fetcher, bound: number, groupOf: (url: string) => string) {
    this.#disk = new Disk(folder);
    this.#bound = bound;
    this.#ids = new FileIds(groupOf);
  }

  read(url: string): Promise<Cached | null> {
    return this.#find(url, null);
  }

  readPart(url: string, first: number, last: number): Promise<Cached | null> {
    return this.#find(url, { first, last });
  }

  async #find(url: string, part: { first: number; last: number } | null): Promise<Cached | null> {
    const index = this.#index ?? (await this.open());
    const id = this.#ids.of(url);
    for (;;) {
      const file = index.get(id);
      if (file === null) return null;
      const first = part?.first ?? 0;
      const end = part === null ? file.bodyBytes : Math.min(part.last + 1, file.bodyBytes);
      if (part !== null && first >= end) return null;
      const cached = await this.#read(file, first, end);
      if (cached !== null) return cached;
      // If it was replaced meanwhile, the new file is there.
      if (!index.holds(file)) continue;
      await this.#remove(index, file);
    }
  }

  /** @throws {CacheFull} and what the body throws; then nothing is stored, and what was there before still is */
  async write(url: string, { entry, body }: Content): Promise<void> {
    const head = encoder.encode(entry ?? "");
    if (body === null || body instanceof Blob) {
      const { index, file } = await this.#prepare(url, head);
      return this.#writeAtOnce(index, file, headAndBody(head, body), body?.size ?? 0);
    }
    const reader = new BodyReader(body);
    try {
      const { index, file } = await this.#prepare(url, head);
      const { chunks, isEnd } = await readSome(reader, AT_ONCE_BYTES);
      const beginning = joined([head, ...chunks]);
      if (isEnd) await this.#writeAtOnce(index, file, new Blob([beginning]), beginning.byteLength - head.byteLength);
      else await this.#writeAsItComes(index, file, beginning, reader);
    } catch (error) {
      await reader.cancel(String(error));
      throw error;
    }
  }

  /** Prepares the name of a file to be written. */
  async #prepare(url: string, head: Uint8Array) {
    const index = await this.open();
    const file = { id: this.#ids.of(url), sequence: this.#next(), headBytes: head.byteLength };
    await this.#expire(index);
    return { index, file };
  }

  async remove(url: string): Promise<void> {
    const index = await this.open();
    const file = index.get(this.#ids.of(url));
    if (file !== null) await this.#remove(index, file);
  }

  /** Removes what was put for a group before a time (ms since the epoch). */
  async removeGroup(group: string, before: number): Promise<void> {
    const index = await this.open();
    for (const file of index.endingWith(groupHash(group), before * 1000)) await this.#remove(index, file);
  }

  /**
   * The index, made on first use. Requests that come meanwhile each make one too, since none may wait for another's input. The
   * first one made counts, and nothing is written or removed before that.
   */
  async open(): Promise<CacheIndex> {
    if (this.#index !== null) return this.#index;
    const { index, left } = await openIndex(this.#disk, this.#bound);
    if (this.#index !== null) return this.#index;
    this.#index = index;
    for (const path of left) await this.#disk.remove(path);
    return index;
  }

  /** A body from `first` to before `end`, and its entry; null: the file is not as the index says. */
  async #read(file: CachedFile, first: number, end: number): Promise<Cached | null> {
    const { headBytes, bodyBytes } = file;
    const size = headBytes + bodyBytes;
    const path = pathOf(file);
    const read = (from: number, to: number) => this.#disk.read(path, from, to - 1, size);
    let held = this.#entries.of(file);
    if (held === null) {
      // Reading a small file takes no longer than reading its beginning.
      const isAtOnce = size <= READ_AT_ONCE_BYTES;
      const bytes = await (await read(0, isAtOnce ? size : headBytes))?.bytes();
      if (bytes === undefined) return null;
      held = this.#entries.hold(file, bytes.subarray(0, headBytes));
      if (isAtOnce) return cachedAs(held, bytes.subarray(headBytes + first, headBytes + end), end - first);
    }
    if (first === end) return cachedAs(held, "", 0);
    const part = await read(headBytes + first, headBytes + end);
    return part && { entry: held.entry, body: part.body!, size: end - first };
  }

  async #writeAtOnce(
    index: CacheIndex,
    named: Omit<CachedFile, "bodyBytes">,
    whole: Blob | ReadableStream,
    bodyBytes: number,
  ): Promise<void> {
    const file = { ...named, bodyBytes };
    const room = diskBytes(named.headBytes + bodyBytes);
    await this.#reserve(index, room);
    try {
      await this.#disk.write(pathOf(file), whole);
    } catch (error) {
      index.release(room);
      throw error;
    }
    await this.#add(index, file, room);
  }

  async #writeAsItComes(
    index: CacheIndex,
    named: Omit<CachedFile, "bodyBytes">,
    beginning: Uint8Array,
    reader: BodyReader,
  ): Promise<void> {
    const path = pathOf({ ...named, bodyBytes: null });
    const { readable, writable } = new IdentityTransformStream();
    const writer = writable.getWriter();
    const failure = new Interruption();
    const written = this.#disk.write(path, readable);
    written.catch((error: Error) => failure.end(error));
    let size = 0;
    let room = 0;
    try {
      for (let chunk: Uint8Array | null = beginning; chunk !== null; chunk = await reader.next()) {
        size += chunk.byteLength;
        while (room < diskBytes(size)) {
          await this.#reserve(index, STEP_BYTES);
          room += STEP_BYTES;
        }
        await failure.over(writer.write(chunk));
      }
      await failure.over(writer.close());
      await written;
    } catch (error) {
      index.release(room);
      await writer.abort(error).catch(() => undefined);
      // The folder may have taken this end of the stream for the body's end.
      await written.then(
        () => this.#disk.remove(path),
        () => undefined,
      );
      throw error;
    }
    await this.#add(index, { ...named, bodyBytes: size - named.headBytes }, room);
  }

  async #reserve(index: CacheIndex, bytes: number): Promise<void> {
    const evicted = index.reserve(bytes);
    if (evicted === null) throw new CacheFull("the cache has no room for it: see CACHE_BYTES");
    for (const file of evicted) await this.#disk.remove(pathOf(file));
  }

  async #add(index: CacheIndex, file: CachedFile, room: number): Promise<void> {
    index.release(room);
    const replaced = index.add(file);
    if (replaced !== null) await this.#disk.remove(pathOf(replaced));
  }

  async #expire(index: CacheIndex): Promise<void> {
    const before = (Date.now() - LONGEST_MS) * 1000;
    for (let file = index.oldest; file !== null && file.sequence < before; file = index.oldest) {
      await this.#remove(index, file);
    }
  }

  async #remove(index: CacheIndex, file: CachedFile): Promise<void> {
    index.remove(file);
    this.#entries.delete(file);
    await this.#disk.remove(pathOf(file));
  }

  #next(): number {
    this.#sequence = Math.max(this.#sequence + 1, Date.now() * 1000);
    return this.#sequence;
  }
}

function cachedAs({ entry }: Pick<Cached, "entry">, body: Uint8Array | "", size: number): Cached {
  return { entry, body: new Response(body).body!, size };
}
