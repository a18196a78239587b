import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An answer as it stood on the wire: nothing decoded, nothing repaired. */
export interface RawAnswer {
  /** `whole`: the framing was kept to its end. `broken`: the connection ended before. */
  end: "whole" | "broken";
  status: number;
  /** Statuses of interim answers before it. */
  interim: number[];
  /** Names in lower case; fields with one name are joined by `", "`. */
  headers: Readonly<Record<string, string>>;
  framing: "content-length" | "chunked" | "until-close" | "none";
  /** Without the framing of chunks. */
  body: Buffer;
}

/** No answer at all: the connection ended first. */
export interface NoAnswer {
  end: "no-answer";
  /** What came instead of a head. */
  bytes: Buffer;
}

/** Longest silence that a test waits through, ms. */
const PATIENCE_MS = 15_000;

/** A connection to the edge that says exactly what it is told to, and reads strictly by RFC 9112. */
export class RawClient {
  readonly socket: Socket;
  #received: Buffer[] = [];
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on("data", (bytes) => {
      this.#received.push(bytes);
      this.#wake();
    });
    socket.on("error", () => undefined); // "close" follows
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static async open(port: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new RawClient(socket);
  }

  /** Whether the other side has ended the connection. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  send(bytes: string | Uint8Array): this {
    this.socket.write(bytes);
    return this;
  }

  /** Sends a GET, or the method given, as any client would. */
  ask(host: string, target: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): this {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return this.send(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines.join("")}\r\n`);
  }

  /** Stops reading, so that the other side's window fills up. */
  stall(): void {
    this.socket.pause();
  }

  /** Waits until at least so many bytes have come that nobody has read yet. */
  async arrived(bytes: number): Promise<number> {
    while (length(this.#received) < bytes && (await this.#more()));
    return length(this.#received);
  }

  /** Waits until the other side has ended the connection, and gives all that came before. */
  async untilEnd(): Promise<Buffer> {
    while (await this.#more());
    return this.#take(length(this.#received));
  }

  leave(): void {
    this.socket.destroy();
  }

  /** Reads the next answer; `method` is that of its request, since an answer to HEAD has no body. */
  async receive(method = "GET"): Promise<RawAnswer | NoAnswer> {
    const interim: number[] = [];
    for (;;) {
      const headBytes = await this.#until("\r\n\r\n");
      if (headBytes === null) return { end: "no-answer", bytes: await this.untilEnd() };
      const { status, headers } = parseHead(headBytes.toString("latin1"));
      if (status >= 200) return this.#body(method, status, headers, interim);
      interim.push(status);
    }
  }

  async #body(method: string, status: number, headers: Record<string, string>, interim: number[]): Promise<RawAnswer> {
    const start = { status, headers, interim };
    const { "transfer-encoding": coding, "content-length": contentLength } = headers;
    if (coding !== undefined && contentLength !== undefined) throw new Error("an answer with two kinds of framing");
    if (method === "HEAD" || status === 204 || status === 304) {
      return { ...start, end: "whole", framing: "none", body: Buffer.alloc(0) };
    }
    if (coding !== undefined) {
      if (coding !== "chunked") throw new Error(`Transfer-Encoding: ${coding}`);
      return { ...start, framing: "chunked", ...(await this.#chunked()) };
    }
    if (contentLength !== undefined) {
      if (!/^\d+$/.test(contentLength)) throw new Error(`Content-Length: ${contentLength}`);
      const body = await this.#exactly(Number(contentLength));
      return body === null
        ? { ...start, end: "broken", framing: "content-length", body: await this.untilEnd() }
        : { ...start, end: "whole", framing: "content-length", body };
    }
    return { ...start, end: "whole", framing: "until-close", body: await this.untilEnd() };
  }

  async #chunked(): Promise<Pick<RawAnswer, "end" | "body">> {
    const chunks: Buffer[] = [];
    const broken = () => ({ end: "broken" as const, body: Buffer.concat(chunks) });
    for (;;) {
      const line = await this.#until("\r\n");
      if (line === null) return broken();
      const size = line.toString("latin1").slice(0, -2);
      if (!/^[0-9a-f]+$/i.test(size)) throw new Error(`a chunk of size ${JSON.stringify(size)}`);
      const bytes = await this.#exactly(Number.parseInt(size, 16) + 2);
      if (bytes === null) {
        chunks.push(await this.untilEnd());
        return broken();
      }
      if (bytes.subarray(-2).toString("latin1") !== "\r\n") throw new Error("a chunk without its end");
      if (bytes.byteLength === 2) return { end: "whole", body: Buffer.concat(chunks) };
      chunks.push(bytes.subarray(0, -2));
    }
  }

  async #until(mark: string): Promise<Buffer | null> {
    for (;;) {
      const received = this.#joined();
      const at = received.indexOf(mark, 0, "latin1");
      if (at >= 0) return this.#take(at + mark.length);
      if (!(await this.#more())) return null;
    }
  }

  async #exactly(bytes: number): Promise<Buffer | null> {
    while (length(this.#received) < bytes) if (!(await this.#more())) return null;
    return this.#take(bytes);
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const before = length(this.#received);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return length(this.#received) > before;
  }

  #joined(): Buffer {
    if (this.#received.length !== 1) this.#received = [Buffer.concat(this.#received)];
    return this.#received[0]!;
  }

  #take(bytes: number): Buffer {
    const received = this.#joined();
    this.#received = [received.subarray(bytes)];
    return received.subarray(0, bytes);
  }
}

function length(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function parseHead(text: string): { status: number; headers: Record<string, string> } {
  const [statusLine = "", ...lines] = text.slice(0, -4).split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
  if (status === undefined) throw new Error(`not a status line: ${JSON.stringify(statusLine)}`);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const field = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field === null) throw new Error(`not a field line: ${JSON.stringify(line)}`);
    const [, name = "", value = ""] = field;
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  return { status: Number(status), headers };
}

/** What a test compares of an answer before it looks into the body. */
export function summaryOf(got: RawAnswer | NoAnswer) {
  if (got.end === "no-answer") return { end: got.end };
  return { end: got.end, status: got.status, xCache: got.headers["x-cache"], bytes: got.body.byteLength };
}

/** One request over a connection of its own. */
export async function get(
  port: number,
  host: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
): Promise<RawAnswer | NoAnswer> {
  const client = await RawClient.open(port);
  try {
    return await client.ask(host, target, headers, method).receive(method);
  } finally {
    client.leave();
  }
}
