const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Whether a method is unsafe, or unknown and so not known to be safe (RFC 9110 §9.2.1, RFC 9111 §4.4). */
export function isUnsafe(method: string): boolean {
  return !SAFE.has(method);
}

/**
 * The URIs whose stored responses an answered request invalidates (RFC 9111 §4.4): its target, after "a non-error status code
 * in response to an unsafe request method", and those that `Location` and `Content-Location` name, which a cache "MAY"
 * invalidate. The latter only after a 2xx: a stranger may have chosen where a redirect leads, such as to the page behind a
 * login.
 *
 * @param hosts hostnames that share stored responses
 */
export function invalidatedUris(
  method: string,
  status: number,
  requestUrl: URL,
  responseHeaders: Headers,
  hosts: readonly string[] = [],
): URL[] {
  // RFC 9111 §4.4: "A non-error response is one with a 2xx (Successful) or 3xx (Redirection) status code."
  if (!isUnsafe(method) || status < 200 || status > 399) return [];
  const uris = new Map([[withoutFragment(requestUrl).href, requestUrl]]);
  if (status > 299) return [...uris.values()];
  for (const name of ["location", "content-location"]) {
    const reference = responseHeaders.get(name);
    if (reference === null || !URL.canParse(reference, requestUrl.href)) continue;
    const url = withoutFragment(new URL(reference, requestUrl));
    // RFC 9111 §4.4: "a cache MUST NOT trigger an invalidation ... if the origin ... differs" from the target's.
    const isOneOfOurs = hosts.includes(bareHostname(url)) && hosts.includes(bareHostname(requestUrl));
    if (url.origin === requestUrl.origin || isOneOfOurs) uris.set(url.href, url);
  }
  return [...uris.values()];
}

function bareHostname({ hostname }: URL): string {
  return hostname.replace(/\.$/, "");
}

function withoutFragment(url: URL): URL {
  const copy = new URL(url);
  copy.hash = "";
  return copy;
}
