import { Interruption } from "../../memo/interruption.ts";

/** Of the buffer that is read into, unless less is to come (bytes). */
const BUFFER_BYTES = 65_536;
/** Of one whose body is held whole by the caller and comes fast: each read costs more than what it brings (bytes). */
const LARGEST_BUFFER_BYTES = 262_144;

/** No chunk came for too long. */
export class BodySilent extends Error {}

/**
 * Reads a body chunk by chunk and gives up after a silence. Bytes that the platform reads are read into one buffer again
 * and again: the caller has to be done with a chunk before it asks for the next.
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
   * @param expected bytes of the whole body, where they are known
   * @param isHeld whether all of it is held by the caller
   */
  constructor(body: ReadableStream<Uint8Array>, expected: number | null = null, isHeld = false) {
    this.#expected = expected ?? Number.POSITIVE_INFINITY;
    this.#largest = isHeld ? LARGEST_BUFFER_BYTES : BUFFER_BYTES;
    this.#buffer = new ArrayBuffer(this.#bytesFor(BUFFER_BYTES));
    this.#byob = byobReader(body);
    this.#plain = this.#byob === null ? body.getReader() : null;
  }

  /** The next chunk, null at the end. @throws {BodySilent} and what the body itself throws */
  async next(): Promise<Uint8Array | null> {
    if (this.#plain !== null) {
      const { done, value } = await this.#silence.over(this.#plain.read());
      return done ? null : value;
    }
    const view = new Uint8Array(this.#buffer);
    const { done, value } = await this.#silence.over(this.#byob!.read(view));
    if (value !== undefined) this.#buffer = this.#next(value);
    return done ? null : value;
  }

  /** What is read into after a chunk: where that filled the last, one as large as all that has come, so that a reader that waits holds little. */
  #next({ buffer, byteLength }: Uint8Array): ArrayBuffer {
    this.#received += byteLength;
    const larger = this.#bytesFor(Math.min(this.#received, this.#largest));
    const isFull = byteLength === buffer.byteLength;
    return isFull && larger > byteLength ? new ArrayBuffer(larger) : (buffer as ArrayBuffer);
  }

  /** No more than is to come, and a byte, so that the end of the body is seen by a read that has room. */
  #bytesFor(bytes: number): number {
    return Math.max(1, Math.min(this.#expected - this.#received + 1, bytes));
  }

  /** All that is left, in chunks that stay as they are: whoever reads them may still be at the last one. */
  async *copies(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (let chunk = await this.next(); chunk !== null; chunk = await this.next()) yield new Uint8Array(chunk);
  }

  /** Ends the read that waits with {@link BodySilent}. */
  giveUp(): void {
    this.#silence.end(new BodySilent("the body fell silent"));
  }

  async cancel(reason: string): Promise<void> {
    // Rejects where the body has failed already: then there is nothing left to cancel.
    await (this.#byob ?? this.#plain)!.cancel(reason).catch(() => undefined);
  }
}

/** Null for a stream made in JavaScript, which has its own chunks. */
function byobReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return body.getReader({ mode: "byob" });
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
