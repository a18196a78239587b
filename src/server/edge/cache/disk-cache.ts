import { createHash } from "node:crypto";
import { BodyReader } from "../../../edge/body/body-reader.ts";
import { headersOf } from "../../../http/headers-of.ts";
import { type CachedFile, type CacheIndex, diskBytes } from "./cache-index.ts";
import { Disk } from "./disk.ts";
import { AT_ONCE_BYTES, pathOf } from "./file-name.ts";
import { openIndex } from "./open-index.ts";

/** What is read whole, head and body, in one go (bytes). */
const READ_AT_ONCE_BYTES = 65_536;

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
 * first. A response is one file, its head before its body, which appears when it is whole and is never changed; the index
 * in memory is made of the files' names. Freshness is the edge's affair: what is put is kept while there is room.
 */
export class DiskCache {
  readonly #disk: Disk;
  readonly #bound: number;
  readonly #groupOf: (url: string) => string;
  #index: CacheIndex | null = null;
  #sequence = 0;
  #lastGroup = { name: "", hash: groupHash("") };

  /**
   * @param bound bytes of disk
   * @param groupOf what a URL belongs to, for {@link removeGroup}
   */
  constructor(folder: Fetcher, bound: number, groupOf: (url: string) => string) {
    this.#disk = new Disk(folder);
    this.#bound = bound;
    this.#groupOf = groupOf;
  }

  /** The response under a URL, or the part of it that the request's `Range` names (one range, both ends given). */
  async match(request: RequestInfo | URL): Promise<Response | undefined> {
    const index = await this.open();
    const id = this.#idOf(request);
    const range = request instanceof Request ? parseRange(request.headers.get("range")) : null;
    for (;;) {
      const file = index.get(id);
      if (file === null) return undefined;
      const response = await this.#read(file, range);
      if (response !== null) return response;
      // Where it has been replaced meanwhile, the new one is there.
      if (!index.holds(file)) continue;
      await this.#remove(index, file);
    }
  }

  /** @throws {CacheFull} and what the body throws; nothing is kept then, and what was there before still is */
  async put(request: RequestInfo | URL, response: Response): Promise<void> {
    const reader = new BodyReader(response.body ?? new Response("").body!);
    try {
      const index = await this.open();
      const head = encoder.encode(JSON.stringify([...response.headers]));
      const file = { id: this.#idOf(request), sequence: this.#next(), headBytes: head.byteLength };
      await this.#expire(index);
      const { chunks, isEnd } = await readSome(reader, AT_ONCE_BYTES);
      const beginning = joined([head, ...chunks]);
      if (isEnd) await this.#writeAtOnce(index, file, beginning);
      else await this.#writeAsItComes(index, file, beginning, reader);
    } catch (error) {
      await reader.cancel(String(error));
      throw error;
    }
  }

  async delete(request: RequestInfo | URL): Promise<boolean> {
    const index = await this.open();
    const file = index.get(this.#idOf(request));
    if (file === null) return false;
    await this.#remove(index, file);
    return true;
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

  /** Null where the file is not what the index says. */
  async #read(file: CachedFile, range: ByteRange | null): Promise<Response | null> {
    const { headBytes, bodyBytes } = file;
    const size = headBytes + bodyBytes;
    const path = pathOf(file);
    const last = range === null ? bodyBytes - 1 : Math.min(range.last, bodyBytes - 1);
    const first = range?.first ?? 0;
    if (range !== null && first > last) return new Response(null, { status: 416 });
    if (size <= READ_AT_ONCE_BYTES) {
      const bytes = await (await this.#disk.read(path, 0, size - 1, size))?.bytes();
      if (bytes === undefined) return null;
      const body = bytes.subarray(headBytes + first, headBytes + last + 1);
      return found(bytes.subarray(0, headBytes), body, range && { first, last, size: bodyBytes }, body.byteLength);
    }
    const head = await (await this.#disk.read(path, 0, headBytes - 1, size))?.bytes();
    if (head === undefined) return null;
    const part = await this.#disk.read(path, headBytes + first, headBytes + last, size);
    return part && found(head, part.body, range && { first, last, size: bodyBytes }, last - first + 1);
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
    const failed = Promise.withResolvers<never>();
    failed.promise.catch(() => undefined); // seen by the write that it ends
    const written = this.#disk.write(path, readable);
    written.catch(failed.reject);
    let size = 0;
    let room = 0;
    try {
      for (let chunk: Uint8Array | null = beginning; chunk !== null; chunk = await reader.next()) {
        size += chunk.byteLength;
        while (room < diskBytes(size)) {
          await this.#reserve(index, STEP_BYTES);
          room += STEP_BYTES;
        }
        await Promise.race([writer.write(chunk), failed.promise]);
      }
      await Promise.race([writer.close(), failed.promise]);
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
    await this.#disk.remove(pathOf(file));
  }

  /** Begins with 128 bits of SHA-256: nobody finds a URL whose id is another's. */
  #idOf(request: RequestInfo | URL): string {
    const url = request instanceof Request ? request.url : String(request);
    const group = this.#groupOf(url);
    if (group !== this.#lastGroup.name) this.#lastGroup = { name: group, hash: groupHash(group) };
    return sha256(url).slice(0, 32) + this.#lastGroup.hash;
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

interface ByteRange {
  first: number;
  last: number;
}

/** The only form that the edge asks for. */
function parseRange(field: string | null): ByteRange | null {
  const [, first, last] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(field ?? "") ?? [];
  return first === undefined || last === undefined ? null : { first: Number(first), last: Number(last) };
}

function found(
  head: Uint8Array,
  body: Uint8Array | ReadableStream | null,
  part: (ByteRange & { size: number }) | null,
  length: number,
): Response {
  const headers = headersOf(JSON.parse(decoder.decode(head)) as [string, string][]);
  headers.set("content-length", String(length));
  if (part !== null) headers.set("content-range", `bytes ${part.first}-${part.last}/${part.size}`);
  return new Response(body, { status: part === null ? 200 : 206, headers });
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
