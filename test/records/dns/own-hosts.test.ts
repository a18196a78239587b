import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { handleDns } from "../../../src/records/dns/doh.ts";
import { isHostAddress } from "../../../src/records/dns/own-hosts.ts";
import { type QueryOptions, queryOf, readMessage } from "../../support/dns.ts";
import { ask, DNS_HOST } from "../../support/records.ts";

const KNOWN = {
  ...env,
  NAME_SERVERS: "ns1.resolvedb.net ns2.resolvedb.io",
  HOST_ADDRESSES:
    "ns1.resolvedb.net=192.0.2.53 ns1.resolvedb.net=2001:DB8::53, api.resolvedb.io=192.0.2.80 resolvedb.org=192.0.2.1",
};
async function askKnown(name: string, options: QueryOptions) {
  const request = new Request(`${DNS_HOST}/dns-query`, {
    method: "POST",
    headers: { "content-type": "application/dns-message" },
    body: queryOf(name, { ...options, id: 1 }),
  });
  const answer = await handleDns(request, new URL(request.url), KNOWN, () => undefined, Date.now());
  return { http: answer, ...readMessage(new Uint8Array(await answer.arrayBuffer())) };
}

describe("the service's own hosts", () => {
  it.each([1, 28, 65, 16])("are referred where nothing is known of them, never denied: type %i", async (type) => {
    for (const host of ["api.resolvedb.io", "DNS.resolvedb.io", "ns2.resolvedb.io"]) {
      const { rcode, aa, answers, authorities, http } = await ask(host, { type });
      expect({ rcode, aa, answers }).toEqual({ rcode: 0, aa: false, answers: [] });
      expect(authorities.map(({ name, type: of }) => [name.toLowerCase(), of])).toEqual([
        ["resolvedb.io", 2],
        ["resolvedb.io", 2],
      ]);
      expect(http.headers.get("cache-control")).toBe("max-age=30");
    }
  });

  it("are answered with the addresses that the operator has said, in the case that was asked", async () => {
    expect((await askKnown("NS1.ResolveDB.net", { type: 1 })).answers).toMatchObject([
      { name: "NS1.ResolveDB.net", type: 1, ttl: 300, data: new Uint8Array([192, 0, 2, 53]) },
    ]);
    const { answers, aa } = await askKnown("ns1.resolvedb.net", { type: 28 });
    expect(aa).toBe(true);
    expect(answers).toMatchObject([{ type: 28, data: Uint8Array.fromHex(`20010db8${"0".repeat(22)}53`) }]);
    expect((await askKnown("resolvedb.org", { type: 1 })).answers).toHaveLength(1);
    expect((await askKnown("ns1.resolvedb.net", { type: 255 })).answers).toMatchObject([{ type: 13 }]);
  });

  it("have no other type where their addresses are known", async () => {
    for (const type of [28, 65, 16]) {
      const { aa, answers, authorities } = await askKnown("api.resolvedb.io", { type });
      expect({ aa, answers }).toEqual({ aa: true, answers: [] });
      expect(authorities).toMatchObject([{ type: 6 }]);
    }
  });

  it("are answered as JSON as well", async () => {
    const request = new Request(`${DNS_HOST}/resolve?name=ns1.resolvedb.net&type=AAAA`);
    const answer = await handleDns(request, new URL(request.url), KNOWN, () => undefined, Date.now());
    expect(await answer.json()).toMatchObject({ Answer: [{ type: 28, data: "2001:db8::53" }] });
  });
});

it.each([
  ["api.resolvedb.io=192.0.2.1", true],
  ["a.b=2001:db8::1", true],
  ["a.b", false],
  ["a.b=", false],
  ["=192.0.2.1", false],
  ["a.b=192.0.2", false],
  ["a.b=fe80::1%eth0", false],
  ["a.b=192.0.2.1=x", false],
])("isHostAddress(%j) is %s", (text, expected) => {
  expect(isHostAddress(text)).toBe(expected);
});
