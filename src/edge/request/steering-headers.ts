/**
 * Request headers by which a proxy tells an application what the client asked for, or makes it do something else than the
 * URL says: proxies, frameworks and platforms obey them, and seldom name them in `Vary`. From a client they are a way to
 * have an answer made that others then get. They reach an origin only where the zone lists them, and so has them in its
 * cache keys. `Cache-Control` and `Pragma` steer the caches in front of an origin (`max-stale`), and no answer varies on them.
 *
 * Who sets or obeys them: RFC 7239 and its forerunners, RFC 8470, nginx, Apache, Envoy, IIS and ARR, Rack, Symfony, Laravel,
 * Django, Spring, ASP.NET, Express, Next.js, Nuxt, Cloudflare, Fastly, Akamai, CloudFront, App Engine, Azure, Google Cloud, S3.
 */
const NAMES: ReadonlySet<string> = new Set(
  `base-url cache-control client-ip cluster-client-ip early-data forwarded forwarded-for forwarded-host forwarded-port
  forwarded-proto front-end-https host-override http-method-override http2-settings max-forwards method-override
  origin original-url pragma proxy proxy-host real-ip redirect request-range request-uri rewrite-url translate
  true-client-ip uri url via x-accel-mapping x-backend x-backend-host x-base-url x-cache-key x-client-cert
  x-client-ip x-client-scheme x-cluster-client-ip x-custom-ip-authorization x-do-not-forward x-frontend-scheme
  x-gateway-host x-hidden-for x-host x-host-override x-http-destinationurl x-https x-ip x-matched-path x-method
  x-originating-ip x-originating-url x-path x-path-info x-port x-prefix x-proto x-protocol x-proxy x-proxy-host
  x-proxy-url x-proxyuser-ip x-query-string x-real-host x-real-ip x-real-port x-real-proto x-real-scheme
  x-real-url x-remote-addr x-remote-host x-remote-ip x-remote-port x-remote-user x-request-path x-request-uri
  x-request-url x-requested-host x-root-url x-route x-scheme x-script-name x-sendfile-type x-server x-server-name
  x-server-port x-server-protocol x-ssl x-subdomain x-target-host x-tls x-true-client-ip x-upstream
  x-upstream-host x-uri x-url x-url-path x-url-scheme x-vhost x-virtual-host x-wap-profile`.split(/\s+/),
);

const PREFIXES: readonly string[] = [
  "akamai-",
  "cf-",
  "cloudfront-",
  "fastly-",
  "x-akamai-",
  "x-amz-",
  "x-amzn-",
  "x-appengine-",
  "x-arr-",
  "x-azure-",
  "x-cloud-",
  "x-envoy-",
  "x-forward-",
  "x-forwarded",
  "x-goog-",
  "x-google-",
  "x-http-host",
  "x-http-method",
  "x-http-path",
  "x-http-url",
  "x-invoke-",
  "x-method-",
  "x-middleware-",
  "x-ms-",
  "x-nextjs-",
  "x-now-",
  "x-nuxt-",
  "x-original-",
  "x-override-",
  "x-prerender-",
  "x-rewrite-",
  "x-rewritten-",
  "x-vercel-",
];

/** Whether proxies or applications are known to obey a request header (lower case) in the place of what was asked. */
export function isSteering(name: string): boolean {
  return NAMES.has(name) || PREFIXES.some((prefix) => name.startsWith(prefix));
}
