import { createServer, type Server, type Socket } from "node:net";
import { type Listening, listen } from "./listen.ts";

/** A request as it stood on the wire. */
export interface OriginRequest {
  method: string;
  target: string;
  /** Names in lower case; of several fields with one name the last. */
  headers: Readonly<Record<string, string>>;
}

/** What an origin does with one request: it has the bare socket. */
export type Behaviour = (socket: Socket, request: OriginRequest) => void;

/**
 * An origin that is only a socket, so that it can break HTTP in any way. Each path has a script of its own: requests
 * are answered by turns, and the last behaviour repeats.
 */
export class RawOrigin {
  readonly url: string;
  readonly #listening: Listening;
  readonly #scripts = new Map<string, { behaviours: Behaviour[]; requests: OriginRequest[] }>();

  private constructor(listening: Listening) {
    this.#listening = listening;
    this.url = listening.url;
  }

  /** @param port 0: any free one */
  static async start(port = 0): Promise<RawOrigin> {
    const server: Server = createServer((socket) => origin.#converse(socket));
    const origin: RawOrigin = new RawOrigin(await listen(server, port));
    return origin;
  }

  get port(): number {
    return this.#listening.port;
  }

  /** Writes, or rewrites, the script of a path (with its query). */
  on(path: string, ...behaviours: Behaviour[]): void {
    this.#scripts.set(path, { behaviours, requests: this.requests(path) });
  }

  /** What a path was asked so far. */
  requests(path: string): OriginRequest[] {
    return this.#scripts.get(path)?.requests ?? [];
  }

  close(): Promise<void> {
    return this.#listening.close();
  }

  #converse(socket: Socket): void {
    let received = "";
    socket.on("error", () => undefined); // a client that resets is part of the play
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1");
      const headEnd = received.indexOf("\r\n\r\n") + 4;
      if (headEnd < 4) return;
      const request = parseHead(received.slice(0, headEnd - 4));
      const end = bodyEnd(received, headEnd, request.headers);
      if (end === null) return;
      received = received.slice(end);
      const script = this.#scripts.get(request.target);
      script?.requests.push(request);
      const next = script && (script.behaviours.length > 1 ? script.behaviours.shift() : script.behaviours[0]);
      (next ?? answer("not in the script", {}, 404))(socket, request);
    });
  }
}

function parseHead(text: string): OriginRequest {
  const [requestLine = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = requestLine.split(" ");
  const fields = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { method, target, headers: Object.fromEntries(fields) as Record<string, string> };
}

/** Where a request's body ends; null while it is on its way. */
function bodyEnd(received: string, start: number, headers: OriginRequest["headers"]): number | null {
  if (headers["transfer-encoding"] !== undefined) {
    // The line end before the last chunk may be that of the head.
    const last = received.indexOf(`\r\n${LAST_CHUNK}`, start - 2);
    return last < 0 ? null : last + 2 + LAST_CHUNK.length;
  }
  const end = start + Number(headers["content-length"] ?? 0);
  return received.length < end ? null : end;
}

/** The head of an answer, with the empty line. */
export function head(headers: Readonly<Record<string, string | number>>, status = 200): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join("")}\r\n`;
}

/** A correct answer with a Content-Length; the connection stays open. */
export function answer(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | number>> = {},
  status = 200,
): Behaviour {
  return (socket, { method }) => {
    socket.write(head({ "Content-Length": Buffer.byteLength(body), ...headers }, status));
    if (method !== "HEAD") socket.write(body);
  };
}

/** One chunk of a chunked body. */
export function chunk(bytes: string | Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${Buffer.byteLength(bytes).toString(16)}\r\n`), Buffer.from(bytes), CRLF]);
}

const CRLF = Buffer.from("\r\n");

/** What ends a chunked body. */
export const LAST_CHUNK = "0\r\n\r\n";
