import { eventText } from "./event-text.ts";

const encoder = new TextEncoder();

/** Initial size (bytes): enough for a hundred events. */
const FIRST_BYTES = 65_536;

/**
 * Events that wait for a batch, in the form that listeners get. They are kept outside the heap: strings that live for half a
 * second would be moved by each garbage collection until they are old, and so slow down requests.
 */
export class EventBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** The number of bytes. */
  get length(): number {
    return this.#length;
  }

  /** @param json of an event, in one line */
  add(json: string): void {
    const text = eventText(json);
    let encoded = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    while (encoded.read < text.length) {
      this.#grow();
      encoded = encoder.encodeInto(text, this.#bytes.subarray(this.#length));
    }
    this.#length += encoded.written;
  }

  /** Returns everything that was added, and keeps none of it. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bytes.byteLength);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
