import { CONNECTION_FIELDS } from "./hop-by-hop.ts";

/** What happens to a response field of an origin that does not simply go on to clients. */
export type ResponseFieldRule =
  /** Set or kept by the edge only: the customer cannot set it. */
  | "ours"
  /** It concerns more than this answer, and so the wrong host: no client gets it, unless the customer sets it. */
  | "dropped"
  /** It goes on without the part that concerns the wrong host. */
  | "mended"
  /** It goes on unchanged: it was considered, and here is why. */
  | "kept";

/** One field of the table. `where`: it is dropped only if its value matches; any other value means nothing to a browser. */
interface Line {
  rule: ResponseFieldRule;
  why: string;
  where?: RegExp;
}

/**
 * Response fields that could speak for the origin's host although the answer comes from a zone's, from the registries of IANA
 * and the web's specifications, and the edge's own fields. The reason completes a sentence that begins with the field.
 */
const TABLE: readonly (readonly [names: string, rule: ResponseFieldRule, why: string, where?: RegExp])[] = [
  [`${CONNECTION_FIELDS.join(" ")} content-length`, "ours", "it is about one connection only"],
  ["age cache-status x-cache", "ours", "the edge says with it where an answer is from"],
  ["cache-control expires", "ours", "the edge says with it how long an answer may be kept: set browser_ttl instead"],
  ["date", "ours", "it says when an answer was made"],
  ["etag last-modified", "ours", "it tells one content from another"],
  [
    "accept-ranges content-encoding content-range content-type",
    "ours",
    "it says how the body of an answer is to be read",
  ],
  ["content-digest content-md5 digest repr-digest", "ours", "it is true of one body alone"],
  ["vary", "ours", "caches tell answers apart by it"],
  ["via", "ours", "it names who has passed an answer on"],
  ["x-rescdn-mode", "ours", "it marks the zones of test keys"],
  ["set-cookie set-cookie2", "ours", "a cookie is for one client, and an answer for many"],

  ["alt-svc", "dropped", "it sends clients past the edge, to a server of the origin's (RFC 7838 §3)"],
  ["clear-site-data", "dropped", "it clears the cookies of the whole registrable domain, and so of all zones", /"/],
  ["public-key-pins public-key-pins-report-only", "dropped", "it pins the keys of the origin's own host", /pin-/i],
  ["expect-ct", "dropped", "it has the certificate of a host reported"],
  ["nel report-to", "dropped", "it has browsers report on a host and all below it for as long as it says"],
  ["service-worker-allowed", "dropped", "it lets one script take over paths of the host that are not its own"],
  ["use-as-dictionary", "dropped", "it promises content codings that the edge does not make"],
  [
    `authentication-info secure-session-challenge secure-session-registration sec-session-challenge sec-session-registration
     set-login`,
    "dropped",
    "it is about one client's session, and an answer is for many",
  ],
  [
    "activate-storage-access",
    "dropped",
    "it answers what one client has said of its cookies, and an answer is for many",
  ],
  [
    `access-control-allow-external access-control-allow-local-network access-control-allow-private-network
     private-network-access-id private-network-access-name`,
    "dropped",
    "it lets public pages into the network that the origin stands in, and the edge stands in another",
  ],
  [
    `ad-auction-allowed ad-auction-signals ad-auction-additional-bid attribution-reporting-info
     attribution-reporting-register-os-source attribution-reporting-register-os-trigger
     attribution-reporting-register-source attribution-reporting-register-trigger observe-browsing-topics
     shared-storage-write`,
    "dropped",
    "browsers note it for the registrable domain, which all zones share",
  ],
  ["cache-tag surrogate-key", "dropped", "it names an answer for purges, and is said to this cache"],

  [
    "strict-transport-security",
    "mended",
    "a host below the zone's is not the origin's to decide on, nor is preloading",
  ],
  [
    "content-location location refresh",
    "mended",
    "where it names the origin, it would lead past the edge: see rewrite_redirects",
  ],
  [
    "access-control-expose-headers",
    "mended",
    "what the origin exposes and what the edge adds are both exposed: see cors",
  ],
  ["surrogate-control", "mended", "it is said to this cache, and goes no further"],

  [
    "accept-ch critical-ch",
    "kept",
    "it asks for request fields, which reach the origin as far as the zone forwards them",
  ],
  [
    "authentication-control optional-www-authenticate www-authenticate",
    "kept",
    "it asks for credentials, which reach the origin where forward.authorization lets them",
  ],
  [
    `content-security-policy content-security-policy-report-only cross-origin-embedder-policy cross-origin-opener-policy
     document-isolation-policy document-policy integrity-policy no-vary-search origin-agent-cluster origin-trial
     permissions-policy referrer-policy reporting-endpoints speculation-rules supports-loading-mode x-frame-options`,
    "kept",
    "it is about this one answer, wherever it comes from",
  ],
  [
    "link sourcemap x-pingback",
    "kept",
    "it links as bodies do, which are not rewritten either, and a canonical link may name the origin on purpose",
  ],
  ["proxy-status server server-timing x-powered-by", "kept", "it says truly who has made the answer"],
];

const LINES = new Map<string, Line>();
for (const [names, rule, why, where] of TABLE) {
  for (const name of names.split(/\s+/)) LINES.set(name, { rule, why, ...(where && { where }) });
}

/** The table's line for a field (lower case); null: it goes on unchanged, and the customer may set it. */
export function responseFieldLine(name: string): Readonly<Line> | null {
  return LINES.get(name) ?? null;
}

/** Removes what an origin says about its whole host, not about one answer. What the customer sets is added later. */
export function dropHostFields(headers: Headers): void {
  for (const name of [...headers.keys()]) {
    const line = LINES.get(name);
    if (line?.rule === "dropped" && (line.where?.test(headers.get(name)!) ?? true)) headers.delete(name);
  }
  const transport = headers.get("strict-transport-security");
  if (transport !== null) setOrDelete(headers, "strict-transport-security", ofOneHost(transport));
}

/** The first policy's `max-age` (RFC 6797 §8.1: the others do not count), for the zone's host only; null: it has none. */
function ofOneHost(policy: string): string | null {
  const seconds = /(?:^|;)\s*max-age\s*=\s*"?(\d{1,15})/i.exec(policy)?.[1];
  return seconds === undefined ? null : `max-age=${seconds}`;
}

function setOrDelete(headers: Headers, name: string, value: string | null): void {
  if (value === null) headers.delete(name);
  else headers.set(name, value);
}
