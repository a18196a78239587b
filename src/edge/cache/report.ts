import { log } from "../../log/log.ts";

/** Makes the handler of a cache that has failed to read or to write: the origin is asked, by this request or by the next. */
export function reportStoreFailure(key: string): (error: unknown) => void {
  return (error) => log("store_failed", { key: loggable(key), error });
}

/**
 * A cache key as it may be logged: the zone and the path. Its query, and the values of the fields that the zone forwards, may
 * hold what only their client should know, such as a signature.
 */
export function loggable(key: string): string {
  return key.replace(/^([^/~]*)~[^/]*/, "$1").split("?", 1)[0]!;
}
