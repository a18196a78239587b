/** Where a body goes while it is read once. */
export interface Sinks {
  /** The client; null when nobody waits for the bytes. A client that leaves does not stop the others. */
  client: WritableStream<Uint8Array> | null;
  /** Called when the body has outgrown {@link BUFFER_BYTES}; gives the store's end, or null to keep nothing. */
  openStore: () => WritableStream<Uint8Array> | null;
}

/** Bounds on a body. */
export interface BodyBounds {
  /** Bytes that the origin promised (`Content-Length`), or null. */
  expected: number | null;
  /** Larger is not stored, bytes. */
  maxStoredBytes: number;
  /** Longest silence between two chunks, ms. */
  idleMs: number;
}

/** What a body turned out to be. */
export type PumpOutcome =
  /** Complete and small: here it is. */
  | { kind: "buffered"; bytes: Uint8Array }
  /** Complete and large: it went to the store as it came. */
  | { kind: "streamed"; size: number }
  /** Complete, but the store did not get it. */
  | { kind: "passed"; reason: "too-large" | "not-stored" }
  /** Cut off, silent for too long, or not of the promised length: what was stored of it is discarded. */
  | { kind: "broken"; reason: "cut-off" | "idle-timeout" | "wrong-length" };

/** Bodies up to this size are held in memory while they are read, and shared with other requests (bytes). */
export const BUFFER_BYTES = 1_048_576;

/** Reads a body once, at the pace of its slowest sink, and says what it was. Never rejects. */
export async function pump(body: ReadableStream<Uint8Array>, sinks: Sinks, bounds: BodyBounds): Promise<PumpOutcome> {
  const reader = body.getReader();
  const client = new Sink(sinks.client);
  let store: Sink | null = null;
  let buffered: Uint8Array[] | null = [];
  let size = 0;
  let reason: "too-large" | "not-stored" = "not-stored";
  try {
    for (;;) {
      const chunk = await readWithin(reader, bounds.idleMs);
      if (chunk === null) break;
      size += chunk.byteLength;
      if (buffered !== null && size > BUFFER_BYTES) {
        store = new Sink(size > bounds.maxStoredBytes ? null : sinks.openStore());
        for (const held of buffered) await store.write(held);
        buffered = null;
      }
      if (store?.isOpen && size > bounds.maxStoredBytes) {
        await store.abort("too large");
        reason = "too-large";
      }
      buffered?.push(chunk);
      const written = client.write(chunk);
      await store?.write(chunk);
      // A small body is held anyway: its store and its followers need not wait for a slow client.
      if (buffered === null) await written;
      if (!client.isOpen && !store?.isOpen && buffered === null) {
        await reader.cancel("nobody wants the rest");
        return { kind: "passed", reason };
      }
    }
    if (bounds.expected !== null && size !== bounds.expected) throw new BrokenBody("wrong-length");
    client.closeInBackground();
    await store?.close();
  } catch (error) {
    const why = error instanceof BrokenBody ? error.reason : "cut-off";
    client.abortInBackground(why);
    await store?.abort(why);
    await reader.cancel(why).catch(() => undefined); // already errored: there is nothing left to cancel
    return { kind: "broken", reason: why };
  }
  if (buffered !== null) return { kind: "buffered", bytes: concatenate(buffered, size) };
  return store?.isOpen ? { kind: "streamed", size } : { kind: "passed", reason };
}

class BrokenBody extends Error {
  readonly reason: "idle-timeout" | "wrong-length";
  constructor(reason: "idle-timeout" | "wrong-length") {
    super(reason);
    this.reason = reason;
  }
}

async function readWithin(reader: ReadableStreamDefaultReader<Uint8Array>, idleMs: number): Promise<Uint8Array | null> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new BrokenBody("idle-timeout")), idleMs);
  try {
    const { done, value } = await Promise.race([reader.read(), silence.promise]);
    return done ? null : value;
  } finally {
    clearTimeout(timer);
  }
}

/** A writable end that may go away: a failed write closes it and is not an error of the body. */
class Sink {
  #writer: WritableStreamDefaultWriter<Uint8Array> | null;

  constructor(stream: WritableStream<Uint8Array> | null) {
    this.#writer = stream?.getWriter() ?? null;
    this.#writer?.closed.catch(() => this.#leave());
  }

  get isOpen(): boolean {
    return this.#writer !== null;
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer?.write(chunk).catch(() => this.#leave());
  }

  async close(): Promise<void> {
    await this.#writer?.close().catch(() => this.#leave());
  }

  /** The other end decides when it reads the last bytes; the body is complete without it. */
  closeInBackground(): void {
    this.#writer?.close().catch(() => this.#leave());
  }

  async abort(reason: string): Promise<void> {
    const writer = this.#writer;
    this.#leave();
    await writer?.abort(new Error(reason)).catch(() => undefined); // already gone: that is what was wanted
  }

  abortInBackground(reason: string): void {
    void this.abort(reason);
  }

  #leave(): void {
    this.#writer = null;
  }
}

function concatenate(chunks: Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
