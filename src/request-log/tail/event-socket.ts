import { jsonOfEvents } from "./event-text.ts";
import type { Connection, TailMessage } from "./tail-listener.ts";

/** RFC 6455 §7.4.1: "the purpose for which the connection was established has been fulfilled". */
const FULFILLED = 1000;

/** After so much the listener is asked whether it has it, characters. */
const ASK_EACH = 262_144;

/**
 * A listener by WebSocket: each message is a {@link TailMessage} as JSON, or a batch of requests. A socket does not say how much
 * waits in it, so the listener has to: it answers each question whether it is still there, and has by then what came before.
 */
export class EventSocket implements Connection {
  readonly response: Response;
  readonly #socket: WebSocket;
  /** All that was sent, and what of it the listener has (characters). */
  #sent = 0;
  #taken = 0;
  /** What had been sent at each question that is not answered yet, the oldest first. */
  readonly #asked: number[] = [];

  /** @param gone called once the listener has gone */
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

  /** TCP and the platform's own pings look after it; what is sent shows that it has gone. */
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

  /** One that is closed already throws. */
  #try(act: () => void): void {
    try {
      act();
    } catch {
      // `gone` has been called, or will be.
    }
  }
}
