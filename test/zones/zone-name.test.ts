import { describe, expect, it } from "vitest";
import { checkZoneName } from "../../src/zones/zone-name.ts";

describe("checkZoneName()", () => {
  it.each(["a", "7", "my-assets", "abc--d", "a--b", "demo", "x".repeat(63), "0-0", "apis", "www"])(
    "takes %j",
    (name) => {
      expect(checkZoneName(name)).toEqual({ ok: true });
    },
  );

  it.each([
    ["", "must have 1 to 63 characters"],
    ["x".repeat(64), "must have 1 to 63 characters"],
    ["My-Assets", "may hold only lower-case letters a to z, digits and hyphens"],
    ["a.b", "may hold only lower-case letters a to z, digits and hyphens"],
    ["a_b", "may hold only lower-case letters a to z, digits and hyphens"],
    ["a b", "may hold only lower-case letters a to z, digits and hyphens"],
    ["a\n", "may hold only lower-case letters a to z, digits and hyphens"],
    ["bücher", "may hold only lower-case letters a to z, digits and hyphens"],
    ["аpi", "may hold only lower-case letters a to z, digits and hyphens"], // Cyrillic
    ["-a", "must not begin or end with a hyphen"],
    ["a-", "must not begin or end with a hyphen"],
    ["xn--bcher-kva", "must not have hyphens as its third and fourth characters"],
    ["ab--c", "must not have hyphens as its third and fourth characters"],
    ["_dmarc", "may hold only lower-case letters a to z, digits and hyphens"],
    ["_acme-challenge", "may hold only lower-case letters a to z, digits and hyphens"],
  ])("refuses %j: %s", (name, reason) => {
    expect(checkZoneName(name!)).toEqual({ ok: false, reason });
  });
});
