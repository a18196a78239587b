const CR = 13;
const LF = 10;

/** The input is not what was expected: too long, or of the wrong form. */
export class Malformed extends Error {}

/** The connection ended before everything had come. */
export class EndedEarly extends Error {}

/** Reads a stream line by line, or by length. */
export class ByteReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** What has come but was not taken yet is between `#start` and `#end`. */
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#reader = stream.getReader();
  }

  /**
   * Takes the bytes before the next CR LF, and that pair. Returns them as Latin-1 text.
   *
   * @param beginning matches each beginning of a valid line, CR included: anything else is refused as soon as it is here
   * @throws {Malformed} if no CR LF comes within `bound` bytes, and on a lone LF
   */
  async line(bound: number, beginning?: RegExp): Promise<string> {
    for (let searched = 0; ; ) {
      const held = this.#held;
      const end = held.indexOf(LF, searched);
      if (end !== -1 && held[end - 1] !== CR) throw new Malformed("a line that ends in LF alone");
      if (end !== -1 && end - 1 <= bound) {
        this.#start += end + 1;
        return latin1(held.subarray(0, end - 1));
      }
      if (end !== -1 || held.byteLength >= bound + 2) throw new Malformed("line too long");
      if (beginning?.test(latin1(held)) === false) throw new Malformed("not what was to come");
      searched = held.byteLength;
      if (!(await this.#more())) throw new EndedEarly("ended within a line");
    }
  }

  /**
   * Takes the bytes before the empty line that ends a head, and that line. Returns them as Latin-1 text. Lines may end in a
   * lone LF (RFC 9112 §2.2: "a recipient MAY recognize a single LF as a line terminator"), and empty lines may precede the
   * head.
   *
   * @throws {Malformed} if it does not end within `bound` bytes
   */
  async head(bound: number): Promise<string> {
    let left = bound;
    for (let searched = 0; ; ) {
      const held = this.#held;
      const empty = searched < 2 ? lineEndAt(held, 0) : 0;
      if (empty > 0) {
        this.#start += empty;
        left -= empty;
        searched = 0;
        continue;
      }
      const end = endOfHead(held, Math.max(0, searched - 2));
      const isTooLong = end === null ? held.byteLength >= left + LONGEST_END : end.length > left;
      if (isTooLong) throw new Malformed("head too long");
      if (end !== null) {
        this.#start += end.taken;
        return latin1(held.subarray(0, end.length));
      }
      searched = held.byteLength;
      if (!(await this.#more())) throw new EndedEarly("ended within the head");
    }
  }

  /** Some bytes, at most `most` of them; null at the end. */
  async some(most: number): Promise<Uint8Array | null> {
    if (this.#start === this.#end && !(await this.#more())) return null;
    const bytes = this.#bytes.subarray(this.#start, Math.min(this.#end, this.#start + most));
    this.#start += bytes.byteLength;
    return bytes;
  }

  get #held(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
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

  /** It makes room for twice what is needed, so that a line that comes byte by byte is not copied for each byte. */
  #makeRoomFor(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.byteLength) return;
    const held = this.#held;
    this.#bytes = new Uint8Array(2 * (held.byteLength + bytes));
    this.#bytes.set(held);
    this.#start = 0;
    this.#end = held.byteLength;
  }
}

/** The longest end of a head, bytes: two pairs of CR and LF. */
const LONGEST_END = 4;

/** Where a head ends, without its last line end, and how much to take with that; null: it does not end here. */
function endOfHead(bytes: Uint8Array, from: number): { length: number; taken: number } | null {
  for (let at = bytes.indexOf(LF, from); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const empty = lineEndAt(bytes, at + 1);
    if (empty > 0) return { length: bytes[at - 1] === CR ? at - 1 : at, taken: at + 1 + empty };
  }
  return null;
}

/** The length of the line end at this position, bytes; 0: there is none. */
function lineEndAt(bytes: Uint8Array, at: number): 0 | 1 | 2 {
  if (bytes[at] === LF) return 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? 2 : 0;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
