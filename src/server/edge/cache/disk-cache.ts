import { createHash } from "node:crypto";
import { BodyReader } from "../../../edge/body/body-reader.ts";
import {
  APART,
  APART_HEADER,
  type Cached,
  type Content,
  ENTRY_HEADER,
  type PlainCache,
} from "../../../edge/cache/own-cache.ts";
import { BoundedMap } from "../../../memo/bounded-map.ts";
import { Interruption } from "../../../memo/interruption.ts";
import { Sieve } from "../../../memo/sieve.ts";
import { type CachedFile, type CacheIndex, diskBytes } from "./cache-index.ts";
import { Disk } from "./disk.ts";
import { AT_ONCE_BYTES, pathOf } from "./file-name.ts";
import { openIndex } from "./open-index.ts";

/** What is read whole, entry and body, in one go (bytes). */
const READ_AT_ONCE_BYTES = 65_536;

/** What is held of entries (bytes). */
const HELD_BYTES = 4_194_304;

/** Objects around an entry that is held, roughly (bytes). */
const OVERHEAD_BYTES = 512;

/** How many URLs are remembered with their ids, and how long they may be (characters). */
const REMEMBERED_IDS = 4_096;
const LONGEST_URL = 1_024;

/** Room for a body whose length is unknown is made in steps of so many bytes. */
const STEP_BYTES = 1_048_576;

/** Older is gone, as `STORED_FOR_SECONDS` has it: the edge itself uses nothing older (ms). */
const LONGEST_MS = 30 * 86_400_000;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The store has no room for a response: nothing is wrong. */
export class CacheFull extends Error {}

/**
 * Stands where the Cache API does on a machine of one's own: responses in a folder, bounded in bytes, least useful out
 * first. A response is one file, its entry before its body, which appears when it is whole and is never changed; the index
 * in memory is made of the files' names. Freshness is the edge's affair: what is put is kept while there is room.
 */
export class DiskCache implements PlainCache {
  readonly #disk: Disk;
  readonly #bound: number;
  readonly #groupOf: (url: string) => string;
  #index: CacheIndex | null = null;
  #sequence = 0;
  #lastGroup = { name: "", hash: groupHash("") };
  readonly #ids = new BoundedMap<string, string>({ entries: REMEMBERED_IDS }, "everything");
  /** The entries of files that were read lately: a body whose entry is here goes from the disk to the client by itself. */
  readonly #entries = new Sieve<{ file: CachedFile; entry: string | null }>();

  /**
   * @param bound bytes of disk
   * @param groupOf what a URL belongs to, for {@link removeGroup}
   */
  constructor(folder: Fetcher, bound: number, groupOf: (url: string) => string) {
    this.#disk = new Disk(folder);
    this.#bound = bound;
    this.#groupOf = groupOf;
  }

  read(url: string): Promise<Cached | null> {
    return this.#find(url, null);
  }

  readPart(url: string, first: number, last: number): Promise<Cached | null> {
    return this.#find(url, { first, last });
  }

  async #find(url: string, part: { first: number; last: number } | null): Promise<Cached | null> {
    const index = this.#index ?? (await this.open());
    const id = this.#idOf(url);
    for (;;) {
      const file = index.get(id);
      if (file === null) return null;
      const first = part?.first ?? 0;
      const end = part === null ? file.bodyBytes : Math.min(part.last + 1, file.bodyBytes);
      if (part !== null && first >= end) return null;
      const cached = await this.#read(file, first, end);
      if (cached !== null) return cached;
      // Where it has been replaced meanwhile, the new one is there.
      if (!index.holds(file)) continue;
      await this.#remove(index, file);
    }
  }

  /** @throws {CacheFull} and what the body throws; nothing is kept then, and what was there before still is */
  async write(url: string, { entry, body }: Content): Promise<void> {
    const head = encoder.encode(entry ?? "");
    if (body === null || body instanceof Blob) {
      const bytes = body === null ? head : joined([head, await body.bytes()]);
      const { index, file } = await this.#prepare(url, head);
      return this.#writeAtOnce(index, file, bytes);
    }
    const reader = new BodyReader(body);
    try {
      const { index, file } = await this.#prepare(url, head);
      const { chunks, isEnd } = await readSome(reader, AT_ONCE_BYTES);
      const beginning = joined([head, ...chunks]);
      if (isEnd) await this.#writeAtOnce(index, file, beginning);
      else await this.#writeAsItComes(index, file, beginning, reader);
    } catch (error) {
      await reader.cancel(String(error));
      throw error;
    }
  }

  /** Names a file that is to be written. */
  async #prepare(url: string, head: Uint8Array) {
    const index = await this.open();
    const file = { id: this.#idOf(url), sequence: this.#next(), headBytes: head.byteLength };
    await this.#expire(index);
    return { index, file };
  }

  async remove(url: string): Promise<void> {
    const index = await this.open();
    const file = index.get(this.#idOf(url));
    if (file !== null) await this.#remove(index, file);
  }

  /** Removes what was put for a group before that time (ms since the epoch). */
  async removeGroup(group: string, before: number): Promise<void> {
    const index = await this.open();
    for (const file of index.endingWith(groupHash(group), before * 1000)) await this.#remove(index, file);
  }

  /**
   * The index, made on first use. Requests that come meanwhile make one as well, since none may wait for the other's
   * input; the first counts, and nothing is written or removed before there is one.
   */
  async open(): Promise<CacheIndex> {
    if (this.#index !== null) return this.#index;
    const { index, left } = await openIndex(this.#disk, this.#bound);
    if (this.#index !== null) return this.#index;
    this.#index = index;
    for (const path of left) await this.#disk.remove(path);
    return index;
  }

  /** A body from `first` to before `end`, and its entry; null where the file is not what the index says. */
  async #read(file: CachedFile, first: number, end: number): Promise<Cached | null> {
    const { headBytes, bodyBytes } = file;
    const size = headBytes + bodyBytes;
    const path = pathOf(file);
    const read = (from: number, to: number) => this.#disk.read(path, from, to - 1, size);
    let held = this.#entryHeld(file);
    if (held === null) {
      // A small file takes as long as its beginning.
      const isAtOnce = size <= READ_AT_ONCE_BYTES;
      const bytes = await (await read(0, isAtOnce ? size : headBytes))?.bytes();
      if (bytes === undefined) return null;
      held = this.#hold(file, bytes.subarray(0, headBytes));
      if (isAtOnce) return cachedAs(held, bytes.subarray(headBytes + first, headBytes + end), end - first);
    }
    if (first === end) return cachedAs(held, "", 0);
    const part = await read(headBytes + first, headBytes + end);
    return part && { entry: held.entry, body: part.body!, size: end - first };
  }

  /** Null where it has to be read. */
  #entryHeld(file: CachedFile): Pick<Cached, "entry"> | null {
    if (file.headBytes === 0) return WITHOUT_ENTRY;
    const held = this.#entries.get(file.id);
    return held?.file === file ? held : null;
  }

  #hold(file: CachedFile, bytes: Uint8Array): Pick<Cached, "entry"> {
    const held = { file, entry: entryOf(decoder.decode(bytes)) };
    this.#entries.set(file.id, held, OVERHEAD_BYTES + file.headBytes);
    this.#entries.shrinkTo(HELD_BYTES);
    return held;
  }

  async #writeAtOnce(index: CacheIndex, named: Omit<CachedFile, "bodyBytes">, bytes: Uint8Array): Promise<void> {
    const file = { ...named, bodyBytes: bytes.byteLength - named.headBytes };
    const room = diskBytes(bytes.byteLength);
    await this.#reserve(index, room);
    try {
      await this.#disk.write(pathOf(file), bytes);
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
      // The folder may have taken the end of the stream for that of the body.
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
    this.#entries.delete(file.id);
    await this.#disk.remove(pathOf(file));
  }

  /** Begins with 128 bits of SHA-256: nobody finds a URL whose id is another's. */
  #idOf(url: string): string {
    const known = this.#ids.get(url);
    if (known !== undefined) return known;
    const group = this.#groupOf(url);
    if (group !== this.#lastGroup.name) this.#lastGroup = { name: group, hash: groupHash(group) };
    const id = sha256(url).slice(0, 32) + this.#lastGroup.hash;
    if (url.length <= LONGEST_URL) this.#ids.set(url, id);
    return id;
  }

  #next(): number {
    this.#sequence = Math.max(this.#sequence + 1, Date.now() * 1000);
    return this.#sequence;
  }
}

/** Of two groups with one hash each loses what is removed for the other, and nothing else. */
function groupHash(group: string): string {
  return sha256(group).slice(0, 8);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const WITHOUT_ENTRY: Pick<Cached, "entry"> = { entry: null };

function cachedAs({ entry }: Pick<Cached, "entry">, body: Uint8Array | "", size: number): Cached {
  return { entry, body: new Response(body).body!, size };
}

/** What was written beside a body. Older versions of this cache wrote all the fields of a response there. */
function entryOf(text: string): string | null {
  if (!text.startsWith("[")) return text;
  const fields = new Map(JSON.parse(text) as [name: string, value: string][]);
  return fields.get(ENTRY_HEADER) ?? (fields.has(APART_HEADER) ? APART : null);
}

/** Reads until the end, or until more than `bound` bytes have come. */
async function readSome(reader: BodyReader, bound: number): Promise<{ chunks: Uint8Array[]; isEnd: boolean }> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= bound) {
    const chunk = await reader.next();
    if (chunk === null) return { chunks, isEnd: true };
    chunks.push(chunk.slice());
    size += chunk.byteLength;
  }
  return { chunks, isEnd: false };
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((size, { byteLength }) => size + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
