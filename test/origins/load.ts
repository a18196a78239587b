import { request as httpRequest } from "node:http";
import { pattern } from "./pattern.ts";

/** A body, compared with the pattern while it came, and thrown away. */
export interface Checked {
  status: number;
  xCache: string | undefined;
  bytes: number;
  /** Every byte was where it belongs, the length was as promised, and the connection did not break. */
  isRight: boolean;
  /** Milliseconds from the request. */
  firstByte: number;
  lastByte: number;
}

/** One request over a socket of its own, for bytes from `start` of the pattern; holds no more of the body than a block. */
export function getChecked(
  port: number,
  host: string,
  path: string,
  { start = 0, headers = {} }: { start?: number; headers?: Record<string, string> } = {},
): Promise<Checked> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { host: "127.0.0.1", port, path, headers: { ...headers, Host: host }, agent: false, timeout: 30_000 },
      (incoming) => {
        const checked: Checked = {
          status: incoming.statusCode ?? 0,
          xCache: incoming.headers["x-cache"] as string | undefined,
          bytes: 0,
          isRight: true,
          firstByte: 0,
          lastByte: 0,
        };
        incoming.on("data", (chunk: Buffer) => {
          if (checked.bytes === 0) checked.firstByte = performance.now() - began;
          const at = start + checked.bytes;
          if (!chunk.equals(pattern(at, at + chunk.byteLength))) checked.isRight = false;
          checked.bytes += chunk.byteLength;
        });
        incoming.on("close", () => {
          checked.lastByte = performance.now() - began;
          const promised = incoming.headers["content-length"];
          if (!incoming.complete || (promised !== undefined && Number(promised) !== checked.bytes)) {
            checked.isRight = false;
          }
          resolve(checked);
        });
        incoming.on("error", () => undefined); // "close" follows, and `complete` tells
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no progress on ${host}${path} within 30 s`)));
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** Part `index` of `count` ranges, spread over `size` bytes, as `Range` counts (both ends inclusive). */
export function rangeAt(index: number, count: number, size: number, length: number): { first: number; last: number } {
  const first = Math.floor(((size - length) * index) / Math.max(count - 1, 1));
  return { first, last: first + length - 1 };
}
