import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Listening, listen } from "../origins/listen.ts";

/** What the receiver does with a request. */
export type Reaction = "ok" | "error" | "hang" | "reset" | "redirect" | "gone";

/** A request that has arrived whole, whatever was done with it. */
export interface Received {
  /** The path tells webhooks apart. */
  path: string;
  id: string;
  headers: Record<string, string>;
  body: string;
  reaction: Reaction;
}

/** A server on this machine that webhooks are sent to. It can go away, and come back at the same address. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  #listening: Listening | null = null;
  #port = 0;
  #reactions = new Map<string, Reaction[]>();

  /** Has the requests to a path meet these reactions in turn; the last one repeats. */
  reacts(path: string, ...reactions: Reaction[]): void {
    this.#reactions.set(path, reactions);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#listening = await listen(
      createServer((request, response) => this.#answer(request, response)),
      this.#port,
    );
    this.#port = this.#listening.port;
  }

  async stop(): Promise<void> {
    await this.#listening?.close();
  }

  /** Ids of the events that a path has answered with 200. */
  taken(path: string): Set<string> {
    return new Set(this.received.flatMap((got) => (got.path === path && got.reaction === "ok" ? [got.id] : [])));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const path = request.url ?? "";
    const reactions = this.#reactions.get(path) ?? ["ok"];
    const reaction = (reactions.length > 1 ? reactions.shift() : reactions[0]) ?? "ok";
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    this.received.push({ path, id: headers["webhook-id"] ?? "", headers, body, reaction });
    if (reaction === "hang") return;
    if (reaction === "reset") return void request.socket.resetAndDestroy();
    const status = { ok: 200, error: 500, redirect: 302, gone: 410 }[reaction];
    response.writeHead(status, reaction === "redirect" ? { location: `${this.url}/redirected` } : {}).end("thanks");
  }
}
