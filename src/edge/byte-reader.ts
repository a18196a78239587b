const CR_LF = [13, 10];

/** The connection ended, or broke a bound, before what was wanted had come. */
export class Truncated extends Error {}

/** Reads a stream by lines and lengths. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #buffered: Uint8Array = new Uint8Array(0);

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /**
   * The bytes before a delimiter of CR LF pairs, as Latin-1 text; the delimiter is taken as well.
   *
   * @throws {Truncated} where it does not come within `bound` bytes
   */
  async textBefore(pairs: 1 | 2, bound: number): Promise<string> {
    const delimiter = pairs === 1 ? CR_LF : [...CR_LF, ...CR_LF];
    for (let from = 0; ; ) {
      const end = indexOf(this.#buffered, delimiter, from);
      if (end > bound) throw new Truncated("line too long");
      if (end !== -1) {
        const text = String.fromCharCode(...this.#buffered.subarray(0, end));
        this.#buffered = this.#buffered.subarray(end + delimiter.length);
        return text;
      }
      from = Math.max(0, this.#buffered.byteLength - delimiter.length + 1);
      if (this.#buffered.byteLength > bound) throw new Truncated("line too long");
      if (!(await this.#more())) throw new Truncated("ended within a line");
    }
  }

  /** Some bytes, at most `most` of them; null at the end. */
  async some(most: number): Promise<Uint8Array | null> {
    if (this.#buffered.byteLength === 0 && !(await this.#more())) return null;
    const bytes = this.#buffered.subarray(0, most);
    this.#buffered = this.#buffered.subarray(bytes.byteLength);
    return bytes;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (done) return false;
    if (this.#buffered.byteLength === 0) {
      this.#buffered = value;
      return true;
    }
    const joined = new Uint8Array(this.#buffered.byteLength + value.byteLength);
    joined.set(this.#buffered);
    joined.set(value, this.#buffered.byteLength);
    this.#buffered = joined;
    return true;
  }
}

function indexOf(bytes: Uint8Array, wanted: readonly number[], from: number): number {
  for (let at = bytes.indexOf(wanted[0]!, from); at !== -1; at = bytes.indexOf(wanted[0]!, at + 1)) {
    if (wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}
