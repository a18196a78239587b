import type { UsageBatch } from "./batch.ts";

/**
 * What the meters of this isolate have counted for all accounts since it started. On one machine all meters are in one isolate,
 * that of the control process, so this covers the answers of all processes. On Cloudflare each object may be in another
 * isolate.
 */
export class Totals {
  /** Requests and bytes of bodies, by cache status and status class, with a space between them. */
  readonly answers = new Map<string, { requests: number; bytes: number }>();
  /** Failures of origins and refusals by policies, by their words. */
  readonly failures = new Map<string, number>();
  /** What origins were asked, and the bytes of bodies that came from them. */
  readonly origins = { requests: 0, bytes: 0 };

  add({ zones }: Pick<UsageBatch, "zones">): void {
    for (const { lines, failures = [], origin } of zones) {
      for (const [cacheStatus, statusClass, requests, bytes] of lines) {
        const name = `${cacheStatus} ${statusClass}`;
        const sum = this.answers.get(name) ?? { requests: 0, bytes: 0 };
        this.answers.set(name, { requests: sum.requests + requests, bytes: sum.bytes + bytes });
      }
      for (const [reason, count] of failures) this.failures.set(reason, (this.failures.get(reason) ?? 0) + count);
      this.origins.requests += origin?.requests ?? 0;
      this.origins.bytes += origin?.bytes ?? 0;
    }
  }
}

export const totals = new Totals();
