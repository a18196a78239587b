import { Interruption } from "../../memo/interruption.ts";

/** The size of the first read buffer, unless the body is smaller (bytes). */
const BUFFER_BYTES = 65_536;
/**
 * The largest size for a body that the caller holds whole and that comes fast: each read costs more than what it brings
 * (bytes).
 */
const LARGEST_BUFFER_BYTES = 262_144;

/** No chunk came for too long. */
export class BodySilent extends Error {}

/**
 * Reads a body chunk by chunk and gives up after a silence. The platform's streams are read into one buffer again and again, so
 * the caller must be done with a chunk before it asks for the next.
 */
export class BodyReader {
  readonly #byob: ReadableStreamBYOBReader | null;
  readonly #plain: ReadableStreamDefaultReader<Uint8Array> | null;
  readonly #silence = new Interruption();
  readonly #expected: number;
  readonly #largest: number;
  #buffer: ArrayBuffer;
  #received = 0;

  /**
   * @param expected bytes of the whole body, if known
   * @param isHeld whether the caller holds all of it
   */
  constructor(body: ReadableStream<Uint8Array>, expected: number | null = null, isHeld = false) {
    this.#expected = expected ?? Number.POSITIVE_INFINITY;
    this.#largest = isHeld ? LARGEST_BUFFER_BYTES : BUFFER_BYTES;
    this.#buffer = new ArrayBuffer(this.#bytesFor(BUFFER_BYTES));
    this.#byob = byobReader(body);
    this.#plain = this.#byob === null ? body.getReader() : null;
  }

  /** The next chunk; null at the end. @throws {BodySilent} and what the body itself throws */
  async next(): Promise<Uint8Array | null> {
    if (this.#plain !== null) {
      const { done, value } = await this.#silence.over(this.#plain.read());
      return done ? null : value;
    }
    const view = new Uint8Array(this.#buffer);
    const { done, value } = await this.#silence.over(this.#byob!.read(view));
    if (value !== undefined) this.#buffer = this.#bufferAfter(value);
    return done ? null : value;
  }

  /**
   * The buffer for the next read. If a chunk filled the last one, it is as large as all that has come, so that a waiting reader
   * holds little.
   */
  #bufferAfter({ buffer, byteLength }: Uint8Array): ArrayBuffer {
    this.#received += byteLength;
    const larger = this.#bytesFor(Math.min(this.#received, this.#largest));
    const isFull = byteLength === buffer.byteLength;
    return isFull && larger > byteLength ? new ArrayBuffer(larger) : (buffer as ArrayBuffer);
  }

  /** No more than is still to come and one byte, so that a read with room left sees the end of the body. */
  #bytesFor(bytes: number): number {
    return Math.max(1, Math.min(this.#expected - this.#received + 1, bytes));
  }

  /** The rest of the body, in chunks of their own: the reader may still use one while the next is read. */
  async *copies(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) yield new Uint8Array(chunk);
  }

  /** Makes the waiting read fail with {@link BodySilent}. */
  giveUp(): void {
    this.#silence.end(new BodySilent("the body fell silent"));
  }

  async cancel(reason: string): Promise<void> {
    // This rejects if the body has failed already. Then there is nothing left to cancel.
    await (this.#byob ?? this.#plain)!.cancel(reason).catch(() => undefined);
  }
}

/** Null for a stream made in JavaScript, which has chunks of its own. */
function byobReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
