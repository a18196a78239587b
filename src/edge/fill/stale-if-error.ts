import { isError } from "../../http/statuses.ts";
import type { CacheWord } from "../../why/words.ts";
import type { OriginFailure } from "../origin/origin.ts";
import type { Exchange } from "./exchange.ts";
import { isStaleIfError, type StoredUnusable, type Unusable } from "./forward-course.ts";
import { given, type Outcome } from "./outcome.ts";
import { pass } from "./pass.ts";
import { hit } from "./provenance.ts";

/** The outcome of a failure of the origin: something stale is better (RFC 5861 §4). */
export function failed(found: Unusable, { reason, code }: OriginFailure): Outcome {
  if (!isStaleIfError(found)) return { kind: "refused", reason, code };
  return stale(found, reason === "origin-busy" ? "busy" : "stale-if-error");
}

/** RFC 5861 §4; if the isolate has no room to ask the origin, that is an error as well. */
export function stale(
  { stored, source, use }: StoredUnusable,
  detail: "stale-if-error" | "busy" = "stale-if-error",
): Outcome {
  return given(stored, source, hit("STALE", use, detail));
}

/** Passes the request to the origin. If that fails, something stale is better (RFC 5861 §4). */
export async function passOrStale(exchange: Exchange, found: Unusable, reason: CacheWord): Promise<Outcome> {
  const passed = await pass(exchange, reason);
  const hasFailed = passed.kind === "refused" || isError(passed.stored.status);
  return hasFailed && isStaleIfError(found) ? stale(found) : passed;
}
