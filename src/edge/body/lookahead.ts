import type { BodyReader } from "./body-reader.ts";
import { WrongLength } from "./how-it-broke.ts";

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
  #bytes = 0;
  /** A read that nobody has the outcome of. */
  #reading: Promise<Uint8Array | null> | null = null;

  constructor(reader: BodyReader) {
    this.#reader = reader;
  }

  /** How much of it {@link whole} has read, bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * The whole body; null if it takes longer. Then `next` begins with what has come.
   *
   * @throws {WrongLength} and what the body itself throws
   */
  async whole({ size, ms }: Soon): Promise<Blob | null> {
    const late = Promise.withResolvers<"late">();
    const timer = setTimeout(() => late.resolve("late"), ms);
    try {
      for (;;) {
        this.#reading = this.#reader.next();
        const chunk = await Promise.race([this.#reading, late.promise]);
        if (chunk === "late") return null;
        this.#reading = null;
        this.#bytes += chunk?.byteLength ?? 0;
        if (chunk === null ? this.#bytes !== size : this.#bytes > size) throw new WrongLength();
        if (chunk === null) return new Blob(this.#read);
        // The reader will read into the same buffer again.
        this.#read.push(new Uint8Array(chunk));
      }
    } finally {
      clearTimeout(timer);
    }
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
