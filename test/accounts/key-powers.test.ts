import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { grant, isWithin, type KeyPowers } from "../../src/accounts/key-powers.ts";
import { SCOPES } from "../../src/accounts/scopes.ts";

const NOW = 1_800_000_000_000;
const FULL: KeyPowers = { mode: "live", scopes: SCOPES.rescdn, zones: null, expiresAt: null };
const LESS: KeyPowers = { mode: "live", scopes: ["purge", "keys:write"], zones: ["zone_a"], expiresAt: NOW + 1_000 };

describe("isWithin()", () => {
  it.each<[Partial<KeyPowers>, Partial<KeyPowers>, boolean]>([
    [{}, {}, true],
    [LESS, {}, true],
    [{}, LESS, false],
    [LESS, LESS, true],
    [{ mode: "test" }, {}, false],
    [{}, { mode: "test" }, false],
    [{ scopes: ["purge"] }, { scopes: ["purge", "usage:read"] }, true],
    [{ scopes: ["purge", "usage:read"] }, { scopes: ["purge"] }, false],
    [{ scopes: ["purge"] }, { scopes: [] }, false],
    [{ zones: ["a"] }, { zones: ["b", "a"] }, true],
    [{ zones: ["a", "c"] }, { zones: ["b", "a"] }, false],
    [{ zones: [] }, { zones: ["a"] }, true],
    [{ zones: null }, { zones: ["a"] }, false],
    [{ expiresAt: 5 }, { expiresAt: 5 }, true],
    [{ expiresAt: 6 }, { expiresAt: 5 }, false],
    [{ expiresAt: null }, { expiresAt: 5 }, false],
  ])("of %j within %j is %j", (powers, others, verdict) => {
    expect(isWithin({ ...FULL, ...powers }, { ...FULL, ...others })).toBe(verdict);
  });
});

describe("grant()", () => {
  it.each([
    [FULL, {}, { kind: "granted", powers: FULL }],
    [LESS, {}, { kind: "granted", powers: LESS }],
    [FULL, { scopes: ["purge", "zones:read", "purge"] }, { powers: { scopes: ["zones:read", "purge"] } }],
    [FULL, { zones: ["zone_b", "zone_b"], expiresAt: NOW + 1 }, { powers: { zones: ["zone_b"], expiresAt: NOW + 1 } }],
    [LESS, { scopes: ["purge", "zones:read", "zones:read"] }, { kind: "lacks-scopes", scopes: ["zones:read"] }],
    [LESS, { zones: ["zone_a", "zone_b"] }, { kind: "lacks-zones" }],
    [LESS, { zones: null }, { kind: "lacks-zones" }],
    [LESS, { expiresAt: NOW + 1_001 }, { kind: "outlives", until: NOW + 1_000 }],
    [LESS, { expiresAt: null }, { kind: "outlives", until: NOW + 1_000 }],
    [LESS, { expiresAt: NOW }, { kind: "in-the-past" }],
    [FULL, { expiresAt: NOW - 1 }, { kind: "in-the-past" }],
  ] as const)("to a key with %j, of %j, is %j", (caller, request, expected) => {
    expect(grant(caller, request, NOW)).toMatchObject(expected);
  });

  it("never grants what the caller has not, whatever is asked", () => {
    const scopes = fc.subarray([...SCOPES.rescdn]);
    const zones = fc.option(fc.subarray(["zone_a", "zone_b", "zone_c"]));
    const expiresAt = fc.option(fc.integer({ min: NOW - 2, max: NOW + 4 }));
    const caller = fc.record({ mode: fc.constantFrom("live" as const, "test" as const), scopes, zones, expiresAt });
    const request = fc.record({ scopes, zones, expiresAt }, { requiredKeys: [] });
    let granted = 0;
    fc.assert(
      fc.property(caller, request, (powers, asked) => {
        const result = grant(powers, asked, NOW);
        if (result.kind !== "granted") return;
        granted++;
        expect(isWithin(result.powers, powers)).toBe(true);
        for (const scope of asked.scopes ?? []) expect(result.powers.scopes).toContain(scope);
        if (asked.zones !== undefined) expect(result.powers.zones).toEqual(asked.zones);
        if (asked.expiresAt !== undefined) expect(result.powers.expiresAt).toBe(asked.expiresAt);
      }),
      { numRuns: 5_000, seed: 20261125 },
    );
    expect(granted).toBeGreaterThan(200);
  });
});
