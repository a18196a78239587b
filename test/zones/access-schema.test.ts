import { describe, expect, it } from "vitest";
import { mergeSettings } from "../../src/zones/merge-settings.ts";
import { settingsSchema } from "../../src/zones/settings-schema.ts";

const problemsOf = (access: unknown) =>
  settingsSchema.safeParse({ access }).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`) ?? [];

describe("settings.access", () => {
  it("takes what reads well, in capital and small letters", () => {
    const access = {
      addresses: { allow: ["192.0.2.1", "198.51.100.0/24", "2001:db8::/32"], deny: ["192.0.2.2"] },
      countries: { allow: ["de", "FR"] },
      asns: { deny: [64496] },
      referers: { allow: ["WWW.example.com", "*.example.org"], none: "deny" },
      user_agents: { deny: ["Scraper"], none: "deny" },
      rate_limit: { requests: 100, seconds: 10 },
    };
    const { data } = settingsSchema.safeParse({ access });
    expect(data?.access?.countries).toEqual({ allow: ["DE", "FR"] });
    expect(data?.access?.referers?.allow).toEqual(["www.example.com", "*.example.org"]);
  });

  it.each<[unknown, string]>([
    [
      { addresses: { allow: ["192.0.2.0/33"] } },
      "access.addresses.allow.0 must have a whole number from 0 to 32 after its slash",
    ],
    [{ addresses: { allow: ["2001:db8::/129"] } }, "after its slash"],
    [{ addresses: { allow: ["192.0.2"] } }, "must be an address or a range"],
    [{ addresses: { allow: ["0300.0.2.1"] } }, "must be an address or a range"],
    [{ addresses: { allow: ["::ffff:192.0.2.0/120"] } }, "must be written as IPv4"],
    [{ addresses: { allow: ["fe80::1%eth0"] } }, "must be an address or a range"],
    [{ addresses: { allow: ["192.0.2.0/24/8"] } }, "after its slash"],
    [{ addresses: { allow: [] } }, "must have an entry: null removes the list"],
    [{ addresses: ["192.0.2.1"] }, "access.addresses"],
    [{ addresses: { only: ["192.0.2.1"] } }, "access.addresses"],
    [{ countries: { allow: ["UK"] } }, "the United Kingdom is GB"],
    [{ countries: { allow: ["EU"] } }, "list the union's members"],
    [{ countries: { deny: ["XX"] } }, "stands for an unknown country"],
    [{ countries: { deny: ["Germany"] } }, "must be a country's code of two letters"],
    [{ asns: { deny: [0] } }, "access.asns.deny.0"],
    [{ asns: { deny: ["AS64496"] } }, "access.asns.deny.0"],
    [{ referers: { allow: ["https://www.example.com"] } }, "must be a host without scheme, port and path"],
    [{ referers: { allow: ["www.example.com:443"] } }, "must be a host"],
    [{ referers: { allow: ["www.*.example.com"] } }, "must be a host"],
    [{ referers: { allow: ["*"] } }, "must be a host"],
    [{ referers: { none: "maybe" } }, "access.referers.none"],
    [{ user_agents: { deny: [""] } }, "access.user_agents.deny.0"],
    [{ rate_limit: { requests: 0 } }, "access.rate_limit.requests"],
    [{ rate_limit: { requests: 1, seconds: 60 } }, "access.rate_limit.seconds"],
    [{ rate_limit: 100 }, "access.rate_limit"],
    [{ hosts: {} }, "access"],
  ])("refuses %j", (access, problem) => {
    expect(problemsOf(access).join("\n")).toContain(problem);
  });

  it("is merged list by list, and null takes one away", () => {
    const before = { access: { addresses: { allow: ["192.0.2.1"] }, countries: { deny: ["US"] } } };
    const merged = mergeSettings(before, { access: { addresses: { deny: ["192.0.2.2"] }, countries: { deny: null } } });
    expect(merged).toEqual({
      access: { addresses: { allow: ["192.0.2.1"], deny: ["192.0.2.2"] }, countries: {} },
    });
    expect(mergeSettings(before, { access: { addresses: null } })).toEqual({ access: { countries: { deny: ["US"] } } });
    expect(mergeSettings(before, { access: null })).toEqual({});
  });
});
