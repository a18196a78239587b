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
    [{ EDGE_DOMAINS: "" }, "settings: EDGE_DOMAINS names no domain"],
    [{ EDGE_DOMAINS: " \n" }, "settings: EDGE_DOMAINS names no domain"],
    [{ NAME_SERVERS: "" }, "settings: NAME_SERVERS names no host"],
    [{ MEMORY_BYTES: "32 MB" }, 'settings: "32 MB" is not a whole number of bytes'],
  ])("refuses %j", (given, message) => {
    expect(() => settingsOf({ ...variables, ...given })).toThrow(message);
  });
});
