import { boundedText } from "../request/bounded-text.ts";
import { unlistedFields } from "../request/forwarded-fields.ts";
import type { Exchange } from "./exchange.ts";

/**
 * The key under which requests wait for one another and share a failure: the cache key, followed by everything else that the
 * origin gets of this client. So a client that sends something special to the origin can neither hold up nor fail clients that
 * do not send the same. A long key is hashed, since it is remembered for longer than its request.
 */
export function coalescingKeyOf({ request, zone, target }: Pick<Exchange, "request" | "zone" | "target">): string {
  const { forward, methods } = zone.settings;
  const unlisted = unlistedFields(request.headers, forward);
  const beyond = methods === "all" ? [...target.fields, ...unlisted] : unlisted;
  // Field values have no line ends, and names no colons.
  return boundedText([target.key, ...beyond.map(([name, value]) => `${name}:${value}`)].join("\n"));
}
