import { request as httpRequest, type IncomingHttpHeaders } from "node:http";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Init {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  seconds?: number;
  /** The address that it comes from, such as `127.0.0.2`. */
  from?: string;
}

/** One request over a socket of its own to 127.0.0.1, with a Host that needs no name resolution. */
export function request(port: number, host: string, path: string, init: Init = {}): Promise<Answer> {
  const body = init.body === undefined ? undefined : JSON.stringify(init.body);
  const { seconds = 20 } = init;
  const headers: Record<string, string> = { ...init.headers, Host: host };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        method: init.method ?? "GET",
        headers,
        agent: false,
        timeout: seconds * 1000,
        ...(init.from !== undefined && { localAddress: init.from }),
      },
      (incoming) => {
        let text = "";
        incoming
          .setEncoding("utf8")
          .on("data", (chunk: string) => {
            text += chunk;
          })
          .on("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }))
          .on("error", reject);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer from ${host}${path} within ${seconds} s`)));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
