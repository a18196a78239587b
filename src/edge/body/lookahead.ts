import type { BodyReader } from "./body-reader.ts";

/** What is asked of a body that may be read whole before anybody gets it. */
interface Soon {
  /** Bytes that it must have. */
  size: number;
  /** How long it may take, ms. */
  ms: number;
}

/** A body that may be read before it is decided where it goes. Whoever reads it then gets all of it. */
export class Lookahead implements Pick<BodyReader, "next" | "giveUp" | "cancel"> {
  readonly #reader: BodyReader;
  readonly #read: Uint8Array<ArrayBuffer>[] = [];
  /** A read that nobody has the outcome of. */
  #reading: Promise<Uint8Array | null> | null = null;

  constructor(reader: BodyReader) {
    this.#reader = reader;
  }

  /** The whole body; null if it is of another size, breaks off or takes longer. Then `next` begins with what has come. */
  async whole({ size, ms }: Soon): Promise<Blob | null> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), ms);
    let read = 0;
    try {
      while (read <= size) {
        this.#reading = this.#reader.next();
        const chunk = await Promise.race([this.#reading, late.promise]);
        if (chunk === "late") break;
        if (chunk === null) return read === size ? new Blob(this.#read) : null;
        this.#reading = null;
        // The reader will read into the same buffer again.
        read += this.#read[this.#read.push(new Uint8Array(chunk)) - 1]!.byteLength;
      }
    } catch {
      // `#reading` has failed, and will fail its next reader as well.
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  async next(): Promise<Uint8Array | null> {
    const read = this.#read.shift();
    if (read !== undefined) return read;
    const reading = this.#reading ?? this.#reader.next();
    this.#reading = null;
    return reading;
  }

  giveUp(): void {
    this.#reader.giveUp();
  }

  cancel(reason: string): Promise<void> {
    return this.#reader.cancel(reason);
  }
}
