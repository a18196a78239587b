import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Alternating names and values, as received. */
  rawHeaders: string[];
  body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** One request to a port on loopback. */
export function request(
  port: number,
  host: string,
  path: string,
  init: { method?: string; headers?: Record<string, string>; json?: unknown } = {},
): Promise<Answer> {
  const body = init.json === undefined ? undefined : JSON.stringify(init.json);
  const headers: Record<string, string> = { ...init.headers, Host: host };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, path, method: init.method ?? "GET", headers, agent, timeout: 30_000 },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming
          .on("data", (chunk: Buffer) => chunks.push(chunk))
          .on("end", () => {
            const { statusCode, headers: received, rawHeaders } = incoming;
            resolve({ status: statusCode ?? 0, headers: received, rawHeaders, body: Buffer.concat(chunks) });
          })
          .on("error", reject);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${host}${path} within 30 s`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Calls `work` for 0 … count − 1, at most 32 at a time. */
export async function forEachIndex(count: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(32, count) }, worker));
}
