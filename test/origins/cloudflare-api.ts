import { createServer } from "node:http";
import { type Listening, listen } from "./listen.ts";

/** A call as it came. */
export interface ApiCall {
  path: string;
  authorization: string | undefined;
  tags: string[];
}

/** What the API does with one call. */
export type ApiLine = { status: number; body: string; headers?: Record<string, string> } | "hang" | "reset";

/** The purge that Cloudflare documents, as far as its tags go: who may, how many, how long. */
export class CloudflareApiServer {
  readonly zone = "0123456789abcdef0123456789abcdef";
  readonly token = "token-that-no-log-may-hold";
  readonly calls: ApiCall[] = [];
  readonly #listening: Listening;
  #script: ApiLine[] = [];
  #waiting: { count: number; resolve: () => void }[] = [];

  private constructor(listening: Listening) {
    this.#listening = listening;
  }

  static async start(): Promise<CloudflareApiServer> {
    const server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      request.on("end", () => {
        const { tags } = JSON.parse(text) as { tags: string[] };
        const call = { path: request.url ?? "", authorization: request.headers.authorization, tags };
        const line = api.#answer(call);
        if (line === "reset") request.socket.destroy();
        else if (line !== "hang")
          response.writeHead(line.status, { "Content-Type": "application/json", ...line.headers }).end(line.body);
      });
    });
    const api: CloudflareApiServer = new CloudflareApiServer(await listen(server));
    return api;
  }

  get base(): string {
    return `${this.#listening.url}/client/v4`;
  }

  /** What the next calls are answered, by turns; after them the API does what it is documented to do. */
  answers(...script: ApiLine[]): void {
    this.#script = script;
  }

  /** Waits until so many calls have come. */
  called(count: number): Promise<void> {
    if (this.calls.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ count, resolve }));
  }

  close(): Promise<void> {
    return this.#listening.close();
  }

  #answer(call: ApiCall): ApiLine {
    this.calls.push(call);
    for (const { count, resolve } of this.#waiting) if (this.calls.length >= count) resolve();
    return this.#script.shift() ?? this.#documented(call);
  }

  #documented({ path, authorization, tags }: ApiCall): ApiLine {
    if (authorization !== `Bearer ${this.token}`) return refusal(403, 10_000, "Authentication error");
    if (path !== `/client/v4/zones/${this.zone}/purge_cache`) return refusal(404, 7_003, "Could not route");
    if (tags.length === 0 || tags.length > 100) return refusal(400, 1_094, "Unable to purge, too many tags");
    if (tags.some((tag) => !/^[\x21-\x2b\x2d-\x7e]{1,1024}$/.test(tag)))
      return refusal(400, 1_016, "Unable to purge, bad tag");
    return {
      status: 200,
      body: JSON.stringify({ success: true, errors: [], messages: [], result: { id: this.zone } }),
    };
  }
}

/** An answer in Cloudflare's form for errors. */
export function refusal(status: number, code: number, message: string, headers: Record<string, string> = {}): ApiLine {
  const body = JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
  return { status, body, headers };
}
