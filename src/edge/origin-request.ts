import { endToEndHeaders } from "../http/hop-by-hop.ts";
import { DEVICE } from "../http/targeted-cache-control.ts";
import type { ForwardSettings } from "../zones/settings.ts";
import type { ZoneDocument } from "../zones/zone.ts";

/** Ours to send, never a client's to choose: the cache itself evaluates them or negotiates them. */
const DECIDED_BY_THE_EDGE = [
  "accept-encoding",
  "authorization",
  "cdn-loop",
  "cookie",
  "expect",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "range",
  "surrogate-capability",
  "via",
];

/** Needed to read the body of an unsafe request. */
const CONTENT_HEADERS = ["content-type", "content-encoding", "content-language", "content-length"];

/** Preconditions that guard a change at the origin (RFC 9110 §13.1): only the origin can evaluate them. */
const PRECONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/**
 * The headers of a request to the origin. The origin sees nothing of the client's request that the zone does not
 * forward: what it cannot see can neither vary nor poison a stored answer.
 *
 * @param extra conditionals or a range, set by the cache
 */
export function originHeaders(
  client: Headers,
  zone: Pick<ZoneDocument, "settings">,
  extra: Readonly<Record<string, string>> = {},
): Headers {
  const headers = forwarded(client, zone.settings.forward);
  // The stored form is the identity; codings are made here, once.
  headers.set("accept-encoding", "identity");
  if (!headers.has("user-agent")) headers.set("user-agent", "ResCDN");
  headers.set("via", append(client.get("via"), `1.1 ${DEVICE}`));
  headers.set("surrogate-capability", `${DEVICE}="Surrogate/1.0"`);
  headers.set("cdn-loop", append(client.get("cdn-loop"), DEVICE));
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  for (const [name, value] of Object.entries(zone.settings.origin_headers)) headers.set(name, value);
  return headers;
}

/** As {@link originHeaders}, for an unsafe method: its content and preconditions go along. */
export function unsafeOriginHeaders(client: Headers, zone: Pick<ZoneDocument, "settings">): Headers {
  const headers = originHeaders(client, zone);
  for (const name of CONTENT_HEADERS) copy(name, client, headers);
  for (const name of PRECONDITIONS) {
    const value = client.get(name);
    // The tags of our codings are ours: the origin knows the one they were made from.
    if (value !== null) headers.set(name, value.replace(/-(?:br|gzip)"/g, '"'));
  }
  return headers;
}

/** What a preflight asks (Fetch §3.3), for an origin that answers it itself. */
export const PREFLIGHT_HEADERS = ["origin", "access-control-request-method", "access-control-request-headers"];

/** Whether the origin sees this request header (lower case), and so whether `Vary` on it can tell answers apart. */
export function isForwarded(name: string, forward: ForwardSettings): boolean {
  if (name === "cookie") return forward.cookies;
  if (name === "authorization") return forward.authorization;
  if (DECIDED_BY_THE_EDGE.includes(name)) return false;
  return forward.headers === "all" || forward.headers.includes(name);
}

/** RFC 8586 §2: a request that has been here before is a loop. */
export function isLoop(client: Headers): boolean {
  const names = (client.get("cdn-loop") ?? "").split(",").map((entry) => entry.split(";")[0]!.trim().toLowerCase());
  return names.includes(DEVICE);
}

function forwarded(client: Headers, forward: ForwardSettings): Headers {
  const headers = new Headers();
  if (forward.headers === "all") {
    for (const [name, value] of endToEndHeaders(client)) {
      if (!DECIDED_BY_THE_EDGE.includes(name) && !CONTENT_HEADERS.includes(name)) headers.set(name, value);
    }
  } else {
    for (const name of forward.headers) if (isForwarded(name, forward)) copy(name, client, headers);
  }
  if (forward.cookies) copy("cookie", client, headers);
  if (forward.authorization) copy("authorization", client, headers);
  return headers;
}

function copy(name: string, from: Headers, to: Headers): void {
  const value = from.get(name);
  if (value !== null) to.set(name, value);
}

function append(list: string | null, entry: string): string {
  return list === null ? entry : `${list}, ${entry}`;
}
