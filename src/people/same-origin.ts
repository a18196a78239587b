/**
 * Whether a request comes from a page of this very origin, or from no page at all, so that its session may be believed. A page
 * elsewhere can make a browser send its cookies, but cannot claim to be ours (Fetch Metadata; RFC 6454 §7).
 *
 * @param origin the dashboard's
 */
export function isSameOrigin({ method, headers }: Request, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return false;
  const stated = headers.get("origin");
  if (method === "GET" || method === "HEAD") return stated === null || stated === origin;
  return stated === origin;
}
