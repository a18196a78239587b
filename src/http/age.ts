import { parseHttpDate } from "./dates.ts";
import { parseDeltaSeconds } from "./delta-seconds.ts";

/** A response as it arrived. Times in ms since the epoch. */
export interface ReceivedResponse {
  headers: Headers;
  /** When the request to the origin was sent. */
  requestedAt: number;
  /** When the response's head arrived. */
  answeredAt: number;
}

/**
 * The seconds in an `Age` field; 0: it is absent or invalid. RFC 9111 §5.1: of a list a cache "SHOULD use the first member of
 * the field value, discarding subsequent ones"; an invalid field it "SHOULD ignore".
 */
export function parseAge(value: string | null): number {
  if (value === null) return 0;
  const comma = value.indexOf(",");
  return parseDeltaSeconds((comma === -1 ? value : value.slice(0, comma)).trim()) ?? 0;
}

/** `corrected_initial_age` of RFC 9111 §4.2.3 in seconds, including the fraction from the response's delay. */
export function correctedInitialAge({ headers, requestedAt, answeredAt }: ReceivedResponse): number {
  const responseDelay = Math.max(0, answeredAt - requestedAt) / 1000;
  return Math.max(apparentAge(headers, answeredAt), parseAge(headers.get("age")) + responseDelay);
}

/** How old a response was when it arrived, by its own `Age` or `Date`, in whole seconds. */
export function statedAge({ headers, answeredAt }: Pick<ReceivedResponse, "headers" | "answeredAt">): number {
  return Math.max(apparentAge(headers, answeredAt), parseAge(headers.get("age")));
}

function apparentAge(headers: Headers, answeredAt: number): number {
  const date = parseHttpDate(headers.get("date"), answeredAt);
  return date === null ? 0 : Math.max(0, Math.floor((answeredAt - date) / 1000));
}
