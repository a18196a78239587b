import { loadavg } from "node:os";
import type { Contender, Server, Setting } from "./contender.ts";
import { cpuMicroseconds, residentBytes, untilIdle } from "./process-stat.ts";
import { type Asked, type LoadResult, load, type Pace, type Pattern } from "./wrk.ts";

/** The measurements of one contender's turn. */
export interface Round {
  contender: string;
  asset: string;
  pace: Pace;
  requests: number;
  /** Requests per second. */
  rate: number;
  /** Latency, µs. */
  p50: number;
  p90: number;
  p99: number;
  max: number;
  /** Server CPU time per request, µs, kernel included. */
  cpu: number;
  /** The server's resident memory afterwards, bytes. */
  resident: number;
  /** Requests that reached the origin during the turn. */
  originRequests: number;
  /** Average of the last minute, when the turn began. */
  loadAverage: number;
}

/** One turn under load. */
export async function measure(
  name: string,
  server: Server,
  { asset, origin }: Pick<Setting, "asset" | "origin">,
  load_: { pattern: Pattern; pace: Pace; seconds: number; asked?: Asked },
  loadFrom: typeof load = load,
): Promise<Round> {
  const loadAverage = loadavg()[0] ?? 0;
  const originBefore = origin.requests();
  const cpuBefore = cpuMicroseconds(server.pids);
  const seen: LoadResult = await loadFrom(
    server.port,
    asset.path,
    load_.pattern,
    load_.pace,
    load_.seconds,
    load_.asked,
  );
  await untilIdle(server.pids);
  const originRequests = origin.requests() - originBefore;
  // Requests under way when the load ended have cost CPU too; for misses, the origin has seen each one.
  const cpu = (cpuMicroseconds(server.pids) - cpuBefore) / Math.max(seen.requests, originRequests);
  if (seen.requests === 0) throw new Error(`${name}: no answer within ${load_.seconds} s`);
  if (seen.errors > 0) throw new Error(`${name}: ${seen.errors} of ${seen.requests} requests failed`);
  const { requests, p50, p90, p99, max } = seen;
  return {
    contender: name,
    asset: asset.name,
    pace: load_.pace,
    requests,
    rate: requests / (seen.micros / 1e6),
    p50,
    p90,
    p99,
    max,
    cpu,
    resident: residentBytes(server.pids),
    originRequests,
    loadAverage,
  };
}

/** Throws if a contender was not in its claimed state during the measurement. */
export function expectState(contender: Contender, round: Round): void {
  const share = round.originRequests / round.requests;
  const asksOrigin = contender.state === "miss" || contender.state === "validation";
  if (asksOrigin ? share < 0.99 : share > 0) {
    throw new Error(`${contender.name}: ${round.originRequests} of ${round.requests} requests reached the origin`);
  }
}
