import { DRAIN } from "../usage/drain.ts";
import type { Caretaker } from "./caretaker.ts";
import { report } from "./log/report.ts";

/** How long a meter that does not answer may delay the end, ms. */
const SETTLE_MS = 2_000;

/**
 * Makes a Worker deliver what it has counted, and from now on count before it answers. On Cloudflare's network `waitUntil`
 * outlives the request; workerd ends as soon as the requests in flight are answered.
 */
export async function settleUsage(caretaker: Caretaker): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, SETTLE_MS);
  await Promise.race([caretaker.scheduled(DRAIN), late.promise]).catch((error: unknown) =>
    report("usage_not_settled", { error }),
  );
  clearTimeout(timer);
}
