import { describe, expect, it } from "vitest";
import { clientsOf } from "../../src/accounts/clients.ts";

const PROXIES = ["192.0.2.0/24"];
const scheme = (proxies: string[] | null, url: string, peer: string | null, said: string | null) =>
  clientsOf({ trustedProxies: proxies, countryHeader: null, asnHeader: null }).schemeOf(
    new Request(url, {
      headers: said === null ? {} : { "x-forwarded-proto": said },
      ...(peer !== null && { cf: { clientIp: `${peer}:4711` } as never }),
    }),
    new URL(url),
  );

describe("schemeOf()", () => {
  it.each<[what: string, ...Parameters<typeof scheme>, "http" | "https"]>([
    ["on Cloudflare's network the URL's", null, "https://a.example/", null, null, "https"],
    ["there, whatever a client says", null, "http://a.example/", null, "https", "http"],
    ["elsewhere that of a proxy which is believed", PROXIES, "http://a.example/", "192.0.2.1", "https", "https"],
    ["in any case", PROXIES, "http://a.example/", "192.0.2.1", " HTTPS", "https"],
    ["nobody else's", PROXIES, "http://a.example/", "198.51.100.1", "https", "http"],
    ["that of the connection where the proxy says nothing", PROXIES, "http://a.example/", "192.0.2.1", null, "http"],
    ["or nonsense", PROXIES, "http://a.example/", "192.0.2.1", "https, http", "http"],
    ["without proxies that of the connection", [], "http://a.example/", "192.0.2.1", "https", "http"],
  ])("is %s", (_, proxies, url, peer, said, expected) => {
    expect(scheme(proxies, url, peer, said)).toBe(expected);
  });
});
