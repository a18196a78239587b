import { boundedText } from "../request/bounded-text.ts";
import { unlistedFields } from "../request/forwarded-fields.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Under which requests wait for one another and share a failure: the cache key, and behind a line end all that the origin
 * gets of this client beyond it. Who sends something of their own to the origin can neither hold up nor fail anybody who
 * does not send the same. A long one is a hash: it is remembered for longer than its request.
 */
export function coalescingKeyOf({ request, zone, target }: Pick<Exchange, "request" | "zone" | "target">): string {
  const { forward, methods } = zone.settings;
  const unlisted = unlistedFields(request.headers, forward);
  const beyond = methods === "all" ? [...target.fields, ...unlisted] : unlisted;
  // A field value has no line end and a name no colon.
  return boundedText([target.key, ...beyond.map(([name, value]) => `${name}:${value}`)].join("\n"));
}
