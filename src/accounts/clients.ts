import type { Settings } from "../settings.ts";
import { connectingAddress, isBelieved } from "./client-address.ts";

/** What tells a request's place on Cloudflare's network, and what tells it behind a proxy. */
type Place = Pick<Settings, "trustedProxies" | "countryHeader" | "asnHeader">;

/** What is known of where requests come from, as the edge asks for it. */
export function clientsOf(settings: Place) {
  const { trustedProxies: proxies, countryHeader, asnHeader } = settings;
  return {
    addressOf: (request: Request) => connectingAddress(request, proxies),
    /** What the client has asked by: on Cloudflare's network the URL says it, elsewhere a proxy that is believed. */
    schemeOf(request: Request, { protocol }: Pick<URL, "protocol">): "http" | "https" {
      const said = proxies === null ? null : proxied(request, proxies, "x-forwarded-proto")?.toLowerCase();
      if (said === "http" || said === "https") return said;
      return protocol === "https:" ? "https" : "http";
    },
    /** On Cloudflare's network by its word, elsewhere by that of a proxy which is believed. */
    countryOf(request: Request): string | null {
      const said = proxies === null ? request.cf?.country : proxied(request, proxies, countryHeader);
      const country = typeof said === "string" ? said.toUpperCase() : "";
      // Cloudflare's word for an address that nobody knows; T1 is its word for the Tor network.
      return /^(?:[A-Z]{2}|T1)$/.test(country) && country !== "XX" ? country : null;
    },
    asnOf(request: Request): number | null {
      const said = proxies === null ? request.cf?.asn : proxied(request, proxies, asnHeader);
      const asn = typeof said === "string" ? Number(/^(?:AS)?(\d{1,10})$/i.exec(said)?.[1]) : said;
      return typeof asn === "number" && Number.isInteger(asn) && asn > 0 ? asn : null;
    },
  };
}

function proxied(request: Request, proxies: readonly string[], header: string | null): string | null {
  // To read the peer's address takes longer than all else here: it is not looked at for nothing.
  if (header === null || proxies.length === 0) return null;
  const said = request.headers.get(header);
  return said !== null && isBelieved(request, proxies) ? said.trim() : null;
}
