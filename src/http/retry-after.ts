import { parseHttpDate } from "./dates.ts";
import { parseDeltaSeconds } from "./delta-seconds.ts";

/** The seconds that a `Retry-After` asks for (RFC 9110 §10.2.3); 0: none. @param now ms since the epoch */
export function retryAfterSeconds(value: string | null, now: number): number {
  if (value === null) return 0;
  const seconds = parseDeltaSeconds(value.trim());
  if (seconds !== null) return seconds;
  const date = parseHttpDate(value, now);
  return date === null ? 0 : Math.max(0, Math.ceil((date - now) / 1000));
}
