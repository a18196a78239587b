import { DEVICE } from "../../http/targeted-cache-control.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Asked } from "../request/asked.ts";
import { CONTENT_HEADERS, unlistedFields } from "../request/forwarded-fields.ts";

/** Preconditions that guard a change at the origin (RFC 9110 §13.1): only the origin can evaluate them. */
const PRECONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/** The parts of a request that decide what the origin sees of it. */
type Forwarded = Pick<Asked, "hosts"> & {
  request: Pick<Request, "headers">;
  zone: Pick<ZoneDocument, "settings">;
  target: Pick<Asked["target"], "fields">;
};

/**
 * The headers of a request to the origin. The origin sees nothing of the client's request that the zone does not forward: what
 * it cannot see can neither vary nor poison a stored answer. `Via` is ours alone, since nobody needs a client's. `CDN-Loop`
 * keeps what is in it (RFC 8586 §2), and is in the key. Origins that build URLs are told the zone's host, and https: the same
 * for every client, whatever host and scheme it used.
 *
 * @param extra conditions or a range, set by the cache
 */
export function originHeaders(
  { request: { headers: client }, zone, target, hosts }: Forwarded,
  extra: Readonly<Record<string, string>> = {},
): Headers {
  const headers = new Headers();
  for (const [name, value] of target.fields) headers.set(name, value);
  for (const [name, value] of unlistedFields(client, zone.settings.forward)) headers.set(name, value);
  // The stored form is the identity; codings are made here, once.
  headers.set("accept-encoding", "identity");
  const [host] = hosts;
  // Any of these that the zone lists and the client sends stay. Firewalls refuse requests without Accept.
  const others = { accept: "*/*", "user-agent": "ResCDN", "x-forwarded-host": host, "x-forwarded-proto": "https" };
  for (const [name, value] of Object.entries(others)) if (!headers.has(name)) headers.set(name, value);
  headers.set("via", `1.1 ${DEVICE}`);
  headers.set("surrogate-capability", `${DEVICE}="Surrogate/1.0"`);
  headers.append("cdn-loop", DEVICE);
  for (const [name, value] of Object.entries(extra)) headers.set(name, value);
  return headers;
}

/** Like {@link originHeaders}, for an unsafe method: content fields and preconditions are sent as well. */
export function unsafeOriginHeaders(asked: Forwarded): Headers {
  const client = asked.request.headers;
  const headers = originHeaders(asked);
  // Applications recognise forged requests by it. Nobody else gets the answer.
  if (asked.zone.settings.forward.headers === "all") copy("origin", client, headers);
  for (const name of CONTENT_HEADERS) copy(name, client, headers);
  for (const name of PRECONDITIONS) {
    const value = client.get(name);
    // We made the tags of our codings. The origin knows only the tag that they were made from.
    if (value !== null) headers.set(name, value.replace(/-(?:br|gzip)"/g, '"'));
  }
  return headers;
}

/** The fields of a preflight (Fetch §3.3), for an origin that answers it itself. */
export const PREFLIGHT_HEADERS = ["origin", "access-control-request-method", "access-control-request-headers"];

function copy(name: string, from: Headers, to: Headers): void {
  const value = from.get(name);
  if (value !== null) to.set(name, value);
}
