import { jsonOfEvents } from "./event-text.ts";
import type { Connection, TailMessage } from "./tail-listener.ts";

/** RFC 6455 §7.4.1: "the purpose for which the connection was established has been fulfilled". */
const FULFILLED = 1000;

/** After so many characters the listener is asked to confirm receipt. */
const ASK_EACH = 262_144;

/**
 * A listener connected by WebSocket. Each message is a {@link TailMessage} as JSON, or a batch of requests. A socket does not
 * say how much waits in it, so the listener has to: it answers each question whether it is still there, and by then it has what
 * came before.
 */
export class EventSocket implements Connection {
  readonly response: Response;
  readonly #socket: WebSocket;
  /** All characters sent, and how many of them the listener has. */
  #sent = 0;
  #taken = 0;
  /** For each unanswered question, how much had been sent by then; oldest first. */
  readonly #asked: number[] = [];

  /** @param gone called once the listener is gone */
  constructor(gone: () => void) {
    const [theirs, ours] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
    this.#socket = ours;
    ours.accept();
    ours.addEventListener("close", () => {
      this.end();
      gone();
    });
    ours.addEventListener("error", gone);
    ours.addEventListener("message", () => {
      this.#taken = this.#asked.shift() ?? this.#taken;
    });
    this.response = new Response(null, { status: 101, webSocket: theirs });
  }

  get waiting(): number {
    return this.#sent - this.#taken;
  }

  send(message: TailMessage): void {
    this.#send(JSON.stringify(message));
  }

  sendRequests(events: Uint8Array): void {
    this.#send(`{"type":"requests","requests":[${jsonOfEvents(events).join()}]}`);
    if (this.#sent - (this.#asked.at(-1) ?? this.#taken) >= ASK_EACH) this.keepAlive();
  }

  /** Asks whether the listener is still there. Its answer confirms everything that was sent before. */
  keepAlive(): void {
    this.#send('{"type":"still-here"}');
    this.#asked.push(this.#sent);
  }

  end(): void {
    this.#try(() => this.#socket.close(FULFILLED));
  }

  #send(text: string): void {
    this.#sent += text.length;
    this.#try(() => this.#socket.send(text));
  }

  /** A closed socket throws. */
  #try(act: () => void): void {
    try {
      act();
    } catch {
      // `gone` has been called, or will be.
    }
  }
}
