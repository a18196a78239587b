import { describe, expect, it } from "vitest";
import { clientAddress } from "../../src/accounts/client-address.ts";

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
    expect(clientAddress(new Headers({ "cf-connecting-ip": header }))).toBe(address);
  });

  it("is unknown without the header", () => {
    expect(clientAddress(new Headers())).toBeNull();
  });
});
