/** Path and query of a URL of one of these hosts; null: it is of another, or none. */
export function pathOn(hosts: readonly string[], url: string): string | null {
  const { protocol, hostname = "", pathname, search } = URL.parse(url) ?? {};
  if (protocol !== "https:" && protocol !== "http:") return null;
  return hosts.includes(hostname.replace(/\.$/, "")) ? `${pathname}${search}` : null;
}
