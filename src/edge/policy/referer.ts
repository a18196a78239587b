/** Of a host's name (RFC 1035 §2.3.4), with a final dot (characters). */
const LONGEST = 254;

/** The host of the page that a request comes from, as in a URL; null: the field is not the URL of a page. */
export function refererHost(referer: string): string | null {
  const url = URL.parse(referer);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname.length > LONGEST) return null;
  return url.hostname.replace(/\.$/, "");
}

/** Whether a host is one of these. @param entries hosts, or `*.example.com` for all below one */
export function hostMatcher(entries: readonly string[]): (host: string) => boolean {
  const exact = new Set(entries);
  const above = new Set(entries.filter((entry) => entry.startsWith("*.")).map((entry) => entry.slice(2)));
  return (host) => {
    if (exact.has(host)) return true;
    for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1))
      if (above.has(host.slice(dot + 1))) return true;
    return false;
  };
}
