import { CONNECTION_FIELDS } from "./hop-by-hop.ts";

/** Who may set a request field that goes to an origin, if not simply any client. */
export type RequestFieldRule =
  /** Only the edge: it is not taken from clients, and the customer cannot set it. */
  | "ours"
  /** Taken from clients if a switch under `forward` allows it; the customer may set it. */
  | "switched"
  /**
   * Proxies, frameworks and platforms obey it instead of what was asked for, and seldom name it in `Vary`: with it, one client
   * could cause an answer that others then get. Taken from clients only if the zone lists it, which puts it into its cache
   * keys. The customer may set it.
   */
  | "listed";

/**
 * Every request field that is not simply the client's, and why: `forward`, `origin_headers` and the requests to origins all
 * keep to this one list. A name that ends in `*` stands for all names with that beginning. The reason completes a sentence that
 * begins with what is refused.
 *
 * The listed ones are set or obeyed by: RFC 7239 and its forerunners, RFC 8470, RFC 9440, RFC 9729, nginx, Apache, Envoy, IIS
 * and ARR, Rack, Symfony, Laravel, Django, Spring, ASP.NET, Express, Next.js, Nuxt, Cloudflare, Fastly, Akamai, CloudFront, App
 * Engine, Azure, Google Cloud, S3.
 */
const TABLE: readonly (readonly [names: string, rule: RequestFieldRule, why: string])[] = [
  [CONNECTION_FIELDS.join(" "), "ours", "it is about one connection only"],
  [
    "capsule-protocol sec-websocket-extensions sec-websocket-key sec-websocket-protocol sec-websocket-version",
    "ours",
    "it belongs to a protocol that a connection would change to",
  ],
  ["host", "ours", "the setting origin_host is for that"],
  ["content-length", "ours", "it says where the body of the edge's own request ends"],
  [
    "content-encoding content-language content-range content-type",
    "ours",
    "it goes along with the body of an unsafe method",
  ],
  ["expect", "ours", "the edge sends a body without asking first"],
  ["accept-encoding", "ours", "the edge makes the content codings itself"],
  ["available-dictionary dictionary-id", "ours", "it asks for a content coding, and the edge makes those itself"],
  ["range if-range", "ours", "the edge decides which ranges it asks for"],
  [
    "if-match if-modified-since if-none-match if-unmodified-since",
    "ours",
    "the edge evaluates conditions and sets its own",
  ],
  ["cdn-loop", "ours", "it shows when a request goes in circles"],
  ["via", "ours", "the edge names itself in it, and nobody else"],
  ["surrogate-capability", "ours", "it says what this cache understands"],
  ["alt-used", "ours", "it names the server that a client has reached, which is the edge"],
  [
    "access-control-request-headers access-control-request-method",
    "ours",
    "it belongs to a preflight, and goes along with one",
  ],
  [
    "access-control-request-external access-control-request-local-network access-control-request-private-network",
    "ours",
    "it asks about the network of the server that a client has reached, which is the edge",
  ],
  [
    "x-forwarded-for",
    "ours",
    "forward.client_ip is for that: it sends the address that a client really has, not one that it claims",
  ],
  ["cookie", "switched", "forward.cookies is for that"],
  ["cookie2", "ours", "no client has sent it for years"],
  ["authorization", "switched", "forward.authorization is for that"],
  ["x-forwarded-host x-forwarded-proto", "listed", "the edge states the zone's own host, and https"],
  [
    "cache-control pragma x-cache-key x-do-not-forward max-forwards",
    "listed",
    "it steers caches and proxies on the way",
  ],
  [
    `client-ip cluster-client-ip forwarded forwarded-for real-ip remote-addr true-client-ip x-client-ip x-cluster-client-ip
     x-custom-ip-authorization x-forward-* x-forwarded* x-hidden-for x-ip x-originating-ip x-proxyuser-ip x-real-ip x-remote-*
     x-true-client-ip`,
    "listed",
    "servers take it for the client's address",
  ],
  [
    `client-cert client-cert-chain concealed-auth-export remote-email remote-groups remote-name remote-user ssl-client-*
     x-auth-request-* x-client-cert* x-ssl-* x-webauth-*`,
    "listed",
    "servers take it for what a proxy knows about the client's identity",
  ],
  [
    `host-override proxy-host x-backend x-backend-host x-gateway-host x-host x-host-override x-http-host* x-proxy-host
     x-real-host x-requested-host x-server x-server-name x-subdomain x-target-host x-upstream x-upstream-host x-vhost
     x-virtual-host`,
    "listed",
    "servers take it for the requested host",
  ],
  [
    `forwarded-host forwarded-port forwarded-proto front-end-https x-client-scheme x-frontend-scheme x-https x-port x-proto
     x-protocol x-real-port x-real-proto x-real-scheme x-scheme x-server-port x-server-protocol x-ssl x-tls x-url-scheme`,
    "listed",
    "servers take it for the requested scheme, host or port",
  ],
  [
    `base-url original-url redirect request-uri rewrite-url uri url x-accel-mapping x-base-url x-http-destinationurl x-http-path*
     x-http-url* x-invoke-* x-matched-path x-original-* x-originating-url x-override-* x-path x-path-info x-prefix x-proxy-url
     x-query-string x-real-url x-request-path x-request-uri x-request-url x-rewrite-* x-rewritten-* x-root-url x-route
     x-script-name x-sendfile-type x-uri x-url x-url-path`,
    "listed",
    "servers take it for the requested URL",
  ],
  [
    "http-method-override method-override x-http-method* x-method x-method-*",
    "listed",
    "servers take it for the method",
  ],
  ["request-range", "listed", "servers take it for a range"],
  ["origin", "listed", "an answer may allow what it names, and nobody else"],
  ["early-data proxy translate x-proxy x-wap-profile", "listed", "servers change what they do by it"],
  [
    `akamai-* cf-* cloudfront-* fastly-* x-akamai-* x-amz-* x-amzn-* x-appengine-* x-arr-* x-azure-* x-cloud-* x-envoy-* x-goog-*
     x-google-* x-middleware-* x-ms-* x-nextjs-* x-now-* x-nuxt-* x-prerender-* x-vercel-*`,
    "listed",
    "it belongs to a hosting platform",
  ],
];

/** One field of the table. */
interface Line {
  rule: RequestFieldRule;
  why: string;
}

const LINES = new Map<string, Line>();
const BEGINNINGS: [beginning: string, line: Line][] = [];
for (const [names, rule, why] of TABLE) {
  for (const name of names.split(/\s+/)) {
    if (name.endsWith("*")) BEGINNINGS.push([name.slice(0, -1), { rule, why }]);
    else LINES.set(name, { rule, why });
  }
}

/** The table's line for a field (lower case); null: any client may send it. */
export function requestFieldLine(name: string): Readonly<Line> | null {
  return LINES.get(name) ?? BEGINNINGS.find(([beginning]) => name.startsWith(beginning))?.[1] ?? null;
}

/** Whether a zone may list a field (lower case), so that its clients' values go to the origin. */
export function mayBeListed(name: string): boolean {
  // Runs for each request of a zone that lists fields. Every line that forbids listing is found by its whole name.
  const rule = LINES.get(name)?.rule;
  return rule === undefined || rule === "listed";
}
