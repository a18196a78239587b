const CR = 13;
const LF = 10;

/** What comes is not what was wanted: the connection ended before it, or a bound or its form is broken. */
export class Malformed extends Error {}

/** Reads a stream by lines and lengths. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What has come and was not taken yet stands from `#start` to `#end`. */
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /**
   * The bytes before one or two pairs of CR LF, as Latin-1 text; the pairs are taken as well.
   *
   * @param beginning of what may come, CR included: anything else is refused as soon as it is there
   * @throws {Malformed} where they do not come within `bound` bytes, and on a LF alone
   */
  async textBefore(pairs: 1 | 2, bound: number, beginning?: RegExp): Promise<string> {
    for (let searched = 0; ; ) {
      const held = this.#bytes.subarray(this.#start, this.#end);
      const length = lengthBefore(pairs, held, searched);
      if (length !== null && length <= bound) {
        this.#start += length + 2 * pairs;
        return latin1(held.subarray(0, length));
      }
      if (length !== null || held.byteLength >= bound + 2 * pairs) throw new Malformed("line too long");
      if (beginning?.test(latin1(held)) === false) throw new Malformed("not what was to come");
      searched = held.byteLength;
      if (!(await this.#more())) throw new Malformed("ended within a line");
    }
  }

  /** Some bytes, at most `most` of them; null at the end. */
  async some(most: number): Promise<Uint8Array | null> {
    if (this.#start === this.#end && !(await this.#more())) return null;
    const bytes = this.#bytes.subarray(this.#start, Math.min(this.#end, this.#start + most));
    this.#start += bytes.byteLength;
    return bytes;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    if (this.#start === this.#end) {
      this.#bytes = value;
      this.#start = 0;
      this.#end = value.byteLength;
      return true;
    }
    this.#makeRoomFor(value.byteLength);
    this.#bytes.set(value, this.#end);
    this.#end += value.byteLength;
    return true;
  }

  /** Each time twice of what is needed: a line that comes byte by byte is not copied for each of them. */
  #makeRoomFor(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.byteLength) return;
    const held = this.#bytes.subarray(this.#start, this.#end);
    this.#bytes = new Uint8Array(2 * (held.byteLength + bytes));
    this.#bytes.set(held);
    this.#start = 0;
    this.#end = held.byteLength;
  }
}

/** @param from before it there is nothing to find */
function lengthBefore(pairs: 1 | 2, bytes: Uint8Array, from: number): number | null {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] !== CR) throw new Malformed("a line that ends in LF alone");
    if (pairs === 1 || bytes[at - 2] === LF) return at + 1 - 2 * pairs;
  }
  return null;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
