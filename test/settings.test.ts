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
    [{ EDGE_DOMAINS: "https://rescdn.io" }, "EDGE_DOMAINS names something that is not a hostname: https://rescdn.io"],
    [{ API_HOSTS: "localhost:8787" }, "API_HOSTS names something that is not a hostname: localhost:8787"],
    [{ NAME_SERVERS: "" }, "NAME_SERVERS names no host"],
    [{ MEMORY_BYTES: "32 MB" }, "MEMORY_BYTES is not a whole number of bytes: 32 MB"],
    [{ STALLED_CLIENT_MS: "-1" }, "STALLED_CLIENT_MS is not a whole number of milliseconds: -1"],
    [{ ALLOW_HTTP_ORIGINS: "yes" }, "ALLOW_HTTP_ORIGINS is neither true nor false: yes"],
    [
      { CLOUDFLARE_ZONE_ID: "zone", CLOUDFLARE_API_TOKEN: "token", CLOUDFLARE_API_BASE: "localhost" },
      "CLOUDFLARE_API_BASE is not a URL: localhost",
    ],
  ])("refuses %j", (given, message) => {
    expect(() => settingsOf({ ...variables, ...given })).toThrow(message);
  });
});
