import type { Calls } from "./calls.ts";

/**
 * Cloudflare's prices, as published for Workers Paid in October 2026: US dollars per million of each, beyond what the plan
 * includes. The Cache API, requests to origins and traffic cost nothing.
 * https://developers.cloudflare.com/workers/platform/pricing/
 */
export const PRICES = {
  asOf: "2026-10",
  request: 0.3,
  cpuMillisecond: 0.02,
  kvRead: 0.5,
  kvWrite: 5,
  durableObjectRequest: 0.15,
  d1RowRead: 0.001,
  d1RowWritten: 1,
} as const;

/**
 * Dollars per million requests. CPU time is that of the whole workerd process on this machine, including sockets and storage,
 * which Cloudflare does not bill, so this is an upper bound.
 *
 * @param calls per 1,000 requests
 * @param cpu µs per request
 */
export function costPerMillion(calls: Calls, cpu: number): number {
  const perThousand =
    calls.kvReads * PRICES.kvRead +
    calls.kvWrites * PRICES.kvWrite +
    calls.durableObject * PRICES.durableObjectRequest +
    calls.d1RowsRead * PRICES.d1RowRead +
    calls.d1RowsWritten * PRICES.d1RowWritten;
  return PRICES.request + (cpu / 1_000) * PRICES.cpuMillisecond + perThousand / 1_000;
}
