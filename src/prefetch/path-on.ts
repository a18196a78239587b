/** Path and query of a URL on one of these hosts; null: it is on another host, or not a URL. */
export function pathOn(hosts: readonly string[], url: string): string | null {
  const { protocol, hostname = "", pathname, search } = URL.parse(url) ?? {};
  if (protocol !== "https:" && protocol !== "http:") return null;
  return hosts.includes(hostname.replace(/\.$/, "")) ? `${pathname}${search}` : null;
}
