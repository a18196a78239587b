import type { Connection, TailMessage } from "./tail-listener.ts";

/** A listener connected by server-sent events (HTML §9.2), one event for each request. */
export class EventStream implements Connection {
  readonly response: Response;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #encoder = new TextEncoder();
  readonly #gone: () => void;
  #waiting = 0;

  /** @param gone called once the listener is gone */
  constructor(gone: () => void) {
    this.#gone = gone;
    const { readable, writable } = new IdentityTransformStream();
    this.#writer = writable.getWriter();
    this.#writer.closed.catch(gone);
    this.response = new Response(readable, { headers: { "content-type": "text/event-stream" } });
  }

  get waiting(): number {
    return this.#waiting;
  }

  send(message: TailMessage): void {
    const { type, ...data } = message;
    this.#writeText(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  sendRequests(events: Uint8Array): void {
    this.#write(events);
  }

  keepAlive(): void {
    this.#writeText(": still here\n\n");
  }

  end(): void {
    this.#writer.close().catch(() => undefined);
  }

  #writeText(text: string): void {
    this.#write(this.#encoder.encode(text));
  }

  #write(bytes: Uint8Array): void {
    this.#waiting += bytes.byteLength;
    this.#writer
      .write(bytes)
      .catch(this.#gone) // often noticed here first
      .then(() => {
        this.#waiting -= bytes.byteLength;
      });
  }
}
