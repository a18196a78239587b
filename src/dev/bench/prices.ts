import type { Calls } from "./calls.ts";

/**
 * Cloudflare's prices, as published for Workers Paid in October 2026, in US dollars for a million of each beyond what
 * the plan includes. The Cache API, requests to origins and traffic cost nothing.
 * https://developers.cloudflare.com/workers/platform/pricing/
 */
export const PRICES = {
  asOf: "2026-10",
  request: 0.3,
  /** A millisecond of CPU time in the Worker. */
  cpuMillisecond: 0.02,
  kvRead: 0.5,
  kvWrite: 5,
  durableObjectRequest: 0.15,
  d1RowRead: 0.001,
  d1RowWritten: 1,
} as const;

/**
 * Dollars for a million requests. CPU time is that of the whole workerd process here, sockets and all, which Cloudflare
 * does not bill: it is an upper bound.
 *
 * @param calls for each 1,000 requests
 * @param cpu µs for each request
 */
export function costPerMillion(
  calls: Calls,
  cpu: number,
): { requests: number; cpu: number; storage: number; total: number } {
  const { request, cpuMillisecond, kvRead, kvWrite, durableObjectRequest, d1RowRead, d1RowWritten } = PRICES;
  const perRequest =
    calls.kvReads * kvRead +
    calls.kvWrites * kvWrite +
    calls.durableObject * durableObjectRequest +
    calls.d1RowsRead * d1RowRead +
    calls.d1RowsWritten * d1RowWritten;
  const storage = perRequest / 1_000;
  const time = (cpu / 1_000) * cpuMillisecond;
  return { requests: request, cpu: time, storage, total: request + time + storage };
}
