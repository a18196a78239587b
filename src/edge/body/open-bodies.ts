import { dropBody } from "./drop-body.ts";

/**
 * The bodies that were opened for one request before it was known which of them answers it. Whoever opens one adds it, whoever
 * needs one reads it, and the rest are cancelled in one place once the request has been answered.
 */
export class OpenBodies {
  readonly #bodies: ReadableStream[] = [];

  /** Takes charge of a body. */
  add(body: ReadableStream | null): void {
    if (body !== null) this.#bodies.push(body);
  }

  /** Cancels all but the one that goes to the client and those that are being read. */
  async closeAllBut(sent: unknown): Promise<void> {
    for (const body of this.#bodies) if (body !== sent && !body.locked) await dropBody(body);
  }
}
