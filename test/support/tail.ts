/** An event of a stream, as received. */
export interface StreamedEvent {
  type: string;
  data: Record<string, unknown>;
}

/** Reads a tail's server-sent events. */
export class TailReader {
  readonly events: StreamedEvent[] = [];
  /** Settles when the stream has ended. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(answer: Response) {
    this.#reader = answer.body!.getReader();
    // A reader that is abandoned gets cancelled.
    this.ended = this.#read().catch(() => undefined);
  }

  /** The requests that were reported, in order. */
  get requests(): Record<string, unknown>[] {
    return this.events.filter(({ type }) => type === "request").map(({ data }) => data);
  }

  get paths(): unknown[] {
    return this.requests.map(({ path }) => path);
  }

  /** How many were reported as left out. */
  get omitted(): number {
    return this.events.reduce((sum, { type, data }) => sum + (type === "omitted" ? Number(data.count) : 0), 0);
  }

  get end(): unknown {
    return this.events.find(({ type }) => type === "end")?.data.reason;
  }

  leave(): Promise<void> {
    return this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const parts = text.split("\n\n");
      text = parts.pop()!;
      for (const part of parts) {
        const [, type, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (type !== undefined) this.events.push({ type, data: JSON.parse(data!) as Record<string, unknown> });
      }
    }
  }
}
