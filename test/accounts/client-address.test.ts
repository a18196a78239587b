import { describe, expect, it } from "vitest";
import { clientAddress, isProxy } from "../../src/accounts/client-address.ts";

describe("clientAddress()", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["", null],
    ["no address", null],
    ["203.0.113.7, 198.51.100.1", null],
  ])("of CF-Connecting-IP %j is %j", (header, address) => {
    expect(clientAddress({ headers: new Headers({ "cf-connecting-ip": header }) }, null)).toBe(address);
  });

  it("is unknown without the header", () => {
    expect(clientAddress({ headers: new Headers() }, null)).toBeNull();
  });
});

describe("clientAddress() where workerd states the peer", () => {
  const of = (clientIp: string | undefined, header: string | null, proxies: string[]) =>
    clientAddress(
      { headers: new Headers(header === null ? {} : { "cf-connecting-ip": header }), cf: { clientIp } },
      proxies,
    );

  it.each<[string | undefined, string | null, string[], string | null]>([
    ["203.0.113.7:49152", null, [], "203.0.113.7"],
    ["[2001:db8:1:2::3]:49152", null, [], "2001:db8:1:2::/64"],
    ["[::ffff:203.0.113.7]:49152", null, [], "203.0.113.7"],
    ["203.0.113.7:49152", "198.51.100.1", [], "203.0.113.7"],
    ["203.0.113.7:49152", "198.51.100.1", ["203.0.113.8"], "203.0.113.7"],
    ["203.0.113.7:49152", "198.51.100.1", ["203.0.113.7"], "198.51.100.1"],
    ["203.0.113.7:49152", "198.51.100.1", ["2001:db8::/32", "203.0.113.0/24"], "198.51.100.1"],
    ["[2001:db8::9]:1", "198.51.100.1", ["2001:db8::/32"], "198.51.100.1"],
    ["[::ffff:203.0.113.7]:49152", "198.51.100.1", ["203.0.113.7"], "198.51.100.1"],
    ["203.0.113.7:49152", null, ["203.0.113.7"], null],
    ["203.0.113.7:49152", "no address", ["203.0.113.7"], null],
    [undefined, "198.51.100.1", ["0.0.0.0/0"], null],
    ["unix", "198.51.100.1", ["0.0.0.0/0"], null],
  ])("of the peer %j with CF-Connecting-IP %j, of the proxies %j, is %j", (peer, header, proxies, address) => {
    expect(of(peer, header, proxies)).toBe(address);
  });
});

describe("isProxy()", () => {
  it.each(["127.0.0.1", "::1", "10.0.0.0/8", "2001:db8::/32"])("takes %s", (text) => expect(isProxy(text)).toBe(true));
  it.each(["localhost", "10.0.0.0/33", "10.0.0.0/", "*", "1"])("refuses %s", (text) =>
    expect(isProxy(text)).toBe(false),
  );
});
