import { log } from "../../log/log.ts";

/**
 * Makes a handler that logs a failure to read or write the cache. The origin is asked instead, by this request or by the next.
 */
export function reportStoreFailure(key: string): (error: unknown) => void {
  return (error) => log("store_failed", { key: loggable(key), error });
}

/**
 * The part of a cache key that may be logged: the zone and the path. The query, and the values of forwarded fields, may hold
 * what only their client should know, such as a signature.
 */
export function loggable(key: string): string {
  return key.replace(/^([^/~]*)~[^/]*/, "$1").split("?", 1)[0]!;
}
