import type { Settings } from "../settings.ts";
import { connectingAddress, isBelieved } from "./client-address.ts";

/** The settings that say where a request comes from, on Cloudflare's network or behind a proxy. */
type Place = Pick<Settings, "trustedProxies" | "countryHeader" | "asnHeader">;

/** What the edge needs to know about where requests come from. */
export function clientsOf(settings: Place) {
  const { trustedProxies: proxies, countryHeader, asnHeader } = settings;
  return {
    addressOf: (request: Request) => connectingAddress(request, proxies),
    /** The scheme that the client used: on Cloudflare's network the URL has it, elsewhere a trusted proxy says it. */
    schemeOf(request: Request, { protocol }: Pick<URL, "protocol">): "http" | "https" {
      const said = proxies === null ? null : proxied(request, proxies, "x-forwarded-proto")?.toLowerCase();
      if (said === "http" || said === "https") return said;
      return protocol === "https:" ? "https" : "http";
    },
    /** From Cloudflare on its network, elsewhere from a trusted proxy. */
    countryOf(request: Request): string | null {
      const said = proxies === null ? request.cf?.country : proxied(request, proxies, countryHeader);
      const country = typeof said === "string" ? said.toUpperCase() : "";
      // XX is Cloudflare's code for an unknown country; T1 is its code for the Tor network.
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
  // Reading the peer's address takes longer than everything else here, so it is avoided where possible.
  if (header === null || proxies.length === 0) return null;
  const said = request.headers.get(header);
  return said !== null && isBelieved(request, proxies) ? said.trim() : null;
}
