import { clientsOf } from "../accounts/clients.ts";
import type { Settings } from "../settings.ts";

type Place = Pick<Settings, "trustedProxies" | "countryHeader" | "asnHeader">;

/**
 * A request to the dashboard's host with the URL that the browser has: behind a proxy that ends TLS the scheme differs, and
 * cookies, `Origin` and links must fit what the browser sees. On Cloudflare's network, requests without TLS are only
 * redirected, since somebody on the way could plant or take a session.
 */
export function asBrowserSees(
  request: Request,
  url: URL,
  settings: Place,
): { kind: "seen"; request: Request; url: URL } | { kind: "redirect"; answer: Response } {
  const scheme = clientsOf(settings).schemeOf(request, url);
  if (scheme === "http" && settings.trustedProxies === null && !isOwnMachine(url.hostname)) {
    const location = `https://${url.host}${url.pathname}${url.search}`;
    return { kind: "redirect", answer: new Response(null, { status: 308, headers: { location } }) };
  }
  if (url.protocol === `${scheme}:`) return { kind: "seen", request, url };
  const seen = new URL(url);
  seen.protocol = scheme;
  return { kind: "seen", request: new Request(seen, request), url: seen };
}

function isOwnMachine(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost");
}
