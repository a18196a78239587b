import type { Connection, TailMessage } from "./tail-listener.ts";

/** RFC 6455 §7.4.1: "the purpose for which the connection was established has been fulfilled". */
const FULFILLED = 1000;

/** A listener by WebSocket: each message is a {@link TailMessage} as JSON, or a batch of requests. What the listener sends is not read. */
export class EventSocket implements Connection {
  readonly response: Response;
  readonly #socket: WebSocket;
  /** A socket does not say how much waits in it. */
  readonly waiting = 0;

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
    this.response = new Response(null, { status: 101, webSocket: theirs });
  }

  send(message: TailMessage): void {
    this.#try(() => this.#socket.send(JSON.stringify(message)));
  }

  sendRequests(lines: string): void {
    this.#try(() => this.#socket.send(`{"type":"requests","requests":[${lines.replaceAll("\n", ",")}]}`));
  }

  /** TCP and the platform's own pings look after it; what is sent shows that it has gone. */
  keepAlive(): void {
    this.#try(() => this.#socket.send('{"type":"still-here"}'));
  }

  end(): void {
    this.#try(() => this.#socket.close(FULFILLED));
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
