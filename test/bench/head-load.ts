import { connect } from "node:net";
import { BENCH_HOST } from "./assets.ts";
import type { Asked, LoadResult, Pace, Pattern } from "./wrk.ts";

const END_OF_HEAD = Buffer.from("\r\n\r\n");

/** Like `load`, with HEAD, which wrk cannot do because it waits for the bodies. The bench itself runs on the load's core. */
export async function loadHeads(
  port: number,
  path: string,
  _pattern: Pattern,
  { connections }: Pace,
  seconds: number,
  { host = BENCH_HOST, headers = {} }: Asked = {},
): Promise<LoadResult> {
  const fields = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `HEAD ${path} HTTP/1.1\r\n${fields.join("")}\r\n`;
  const begun = process.hrtime.bigint();
  const end = begun + BigInt(seconds) * 1_000_000_000n;
  const latencies: number[] = [];
  let errors = 0;
  let bytes = 0;
  await Promise.all(
    Array.from({ length: connections }, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const socket = connect(port, "127.0.0.1");
      let asked = 0n;
      const ask = () => {
        asked = process.hrtime.bigint();
        if (asked >= end) socket.destroy();
        else socket.write(request);
      };
      socket.setNoDelay(true).once("connect", ask).once("close", resolve);
      socket.once("error", () => errors++);
      socket.on("data", (chunk) => {
        bytes += chunk.byteLength;
        if (!chunk.subarray(-4).equals(END_OF_HEAD)) return;
        latencies.push(Number(process.hrtime.bigint() - asked) / 1_000);
        if (!chunk.subarray(0, 12).toString("latin1").endsWith(" 200")) errors++;
        ask();
      });
      return promise;
    }),
  );
  const micros = Number(process.hrtime.bigint() - begun) / 1_000;
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  return { requests: latencies.length, micros, bytes, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1), errors };
}
