import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BENCH_HOST } from "./assets.ts";
import { LOAD_CORE } from "./machine.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("load.lua", import.meta.url));

/** The sequence of requests. */
export type Pattern =
  /** Always the same request. */
  | { kind: "same" }
  /** Never the same twice, because of a query. */
  | { kind: "unique" }
  /** One of `count` queries: the first most often, the k-th 1/k as often. */
  | { kind: "objects"; count: number }
  /** The same path in one of `count` zones `z1.domain` …, with the same distribution. */
  | { kind: "zones"; count: number; domain: string }
  /** The same request by POST, with a body in hex and its type. */
  | { kind: "post"; body: string; type: string };

/** How hard the load is. */
export interface Pace {
  connections: number;
  /** Mean time, in whole ms, between an answer and the next request of its connection; 0: none. */
  delayMs: number;
}

/** As fast as the server answers. */
export const SATURATION: Pace = { connections: 32, delayMs: 0 };

/**
 * What wrk measured. Times in µs, corrected by wrk for coordinated omission: a pause counts for each request that it held up.
 */
export interface LoadResult {
  requests: number;
  micros: number;
  bytes: number;
  p50: number;
  p90: number;
  p99: number;
  max: number;
  errors: number;
}

/** Further properties of the requests. */
export interface Asked {
  host?: string;
  headers?: Readonly<Record<string, string>>;
  /** The status of every answer. */
  status?: number;
}

let runs = 0;

/**
 * Loads a server from the other core, in a closed loop: each connection sends its next request once the last one was answered.
 */
export async function load(
  port: number,
  path: string,
  pattern: Pattern,
  pace: Pace,
  seconds: number,
  { host = BENCH_HOST, headers = {}, status = 200 }: Asked = {},
): Promise<LoadResult> {
  const { stdout } = await run("taskset", [
    ...["-c", String(LOAD_CORE), "wrk", "--threads", "1", "--connections", String(pace.connections)],
    ...["--duration", `${seconds}s`, "--timeout", "20s", "--header", `Host: ${host}`, "--script", script],
    ...Object.entries(headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
    ...[`http://127.0.0.1:${port}${path}`, "--", ...argumentsOf(pattern)],
    ...(pace.delayMs > 0 ? ["delay", String(pace.delayMs)] : []),
  ]);
  const line = stdout.split("\n").findLast((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`wrk said nothing of its result: ${stdout}`);
  const { refused, ...result } = JSON.parse(line) as LoadResult & { refused: number };
  // wrk counts statuses above 399 separately.
  const wrong = status > 399 ? result.requests - refused : refused;
  return { ...result, errors: result.errors + wrong };
}

function argumentsOf(pattern: Pattern): string[] {
  switch (pattern.kind) {
    case "same":
      return ["same"];
    case "unique":
      return ["unique", `run${process.pid}-${runs++}`];
    case "objects":
      return ["objects", String(pattern.count)];
    case "zones":
      return ["zones", String(pattern.count), pattern.domain];
    case "post":
      return ["post", pattern.body, pattern.type];
    default:
      return pattern satisfies never;
  }
}
