import { eventText } from "./event-text.ts";

const encoder = new TextEncoder();

/** At the beginning (bytes): a hundred events or more. */
const FIRST_BYTES = 65_536;

/**
 * Events that wait for a batch, as listeners get them. They stand outside the heap: texts that live for half a second would be
 * moved by each collection of garbage until they are old, and be in the way of requests as long as they are there.
 */
export class EventBuffer {
  #bytes = new Uint8Array(FIRST_BYTES);
  #length = 0;

  /** How many bytes there are. */
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

  /** All that was added, which is not kept. */
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
