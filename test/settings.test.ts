import { describe, expect, it } from "vitest";
import { settingsOf, type Variables } from "../src/settings.ts";

const variables: Variables = {
  EDGE_DOMAINS: "rescdn.io RESCDN.localhost",
  API_HOSTS: "api.rescdn.io",
  RECORDS_HOSTS: "",
  NAME_SERVERS: "ns1.resolvedb.io ns2.resolvedb.io",
};

describe("settingsOf()", () => {
  it("reads lists in lower case and in their order, the public domain and the primary name server first", () => {
    const { edgeDomains, apiHosts, recordsHosts, nameServers } = settingsOf(variables);
    expect(edgeDomains).toEqual(["rescdn.io", "rescdn.localhost"]);
    expect([...apiHosts, ...recordsHosts]).toEqual(["api.rescdn.io"]);
    expect(nameServers).toEqual(["ns1.resolvedb.io", "ns2.resolvedb.io"]);
  });

  it.each<[Partial<Variables>, string]>([
    [{ EDGE_DOMAINS: "" }, "EDGE_DOMAINS names no domain"],
    [{ EDGE_DOMAINS: " \n" }, "EDGE_DOMAINS names no domain"],
    [{ EDGE_DOMAINS: "https://rescdn.io" }, "EDGE_DOMAINS has something that is not a hostname: https://rescdn.io"],
    [{ API_HOSTS: "localhost:8787" }, "API_HOSTS has something that is not a hostname: localhost:8787"],
    [{ API_HOSTS: "" }, "API_HOSTS names no host"],
    [{ API_HOSTS: "a..b" }, "API_HOSTS has something that is not a hostname: a..b"],
    [{ API_HOSTS: "api.rescdn.io." }, "API_HOSTS has something that is not a hostname: api.rescdn.io."],
    [{ RECORDS_HOSTS: "8787" }, "RECORDS_HOSTS has something that is not a hostname: 8787"],
    [{ EDGE_DOMAINS: "-a.io" }, "EDGE_DOMAINS has something that is not a hostname: -a.io"],
    [{ EDGE_DOMAINS: "127.0.0.1" }, "EDGE_DOMAINS must have names, but has an address: 127.0.0.1"],
    [{ NAME_SERVERS: "" }, "NAME_SERVERS names no host"],
    [{ NAME_SERVERS: "[::1]" }, "NAME_SERVERS must have names, but has an address: [::1]"],
    [{ MEMORY_BYTES: "32 MB" }, "MEMORY_BYTES is not a whole number of bytes: 32 MB"],
    [{ FILL_BYTES: "-1" }, "FILL_BYTES is not a whole number of bytes: -1"],
    [{ STALLED_CLIENT_MS: "-1" }, "STALLED_CLIENT_MS is not a whole number of milliseconds from 1 to 2147483647: -1"],
    [{ STALLED_CLIENT_MS: "0" }, "STALLED_CLIENT_MS is not a whole number of milliseconds from 1 to 2147483647: 0"],
    [{ KV_WRITE_INTERVAL_MS: "2147483648" }, "KV_WRITE_INTERVAL_MS is not a whole number of milliseconds from 0 to"],
    [{ CLOUDFLARE_ZONE_ID: "a b" }, "CLOUDFLARE_ZONE_ID is not the id of a zone: a b"],
    [{ CLOUDFLARE_API_TOKEN: " secret" }, "CLOUDFLARE_API_TOKEN contains a space or"],
    [{ CLOUDFLARE_API_BASE: "ftp://localhost" }, "CLOUDFLARE_API_BASE is not a URL: ftp://localhost"],
    [{ UPPER_TIER: "yes" }, "UPPER_TIER is neither none nor workers-cache: yes"],
    [{ ALLOW_HTTP_ORIGINS: "yes" }, "ALLOW_HTTP_ORIGINS is neither true nor false: yes"],
    [
      { CLOUDFLARE_ZONE_ID: "zone", CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_API_BASE: "localhost" },
      "CLOUDFLARE_API_BASE is not a URL: localhost",
    ],
  ])("refuses %j", (given, message) => {
    expect(() => settingsOf({ ...variables, ...given })).toThrow(message);
  });
});
