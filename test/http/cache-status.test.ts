import fc from "fast-check";
import { parseList, Token } from "structured-headers";
import { describe, expect, it } from "vitest";
import { appendCacheStatus, type CacheStatus, formatCacheStatus } from "../../src/http/cache-status.ts";
import { anyText } from "../support/any-text.ts";

describe("formatCacheStatus() writes", () => {
  it.each<[CacheStatus, string]>([
    [{ hit: true, ttl: 100 }, "ResCDN; hit; ttl=100"],
    [{ hit: true, ttl: -30.9, fwd: "stale" }, "ResCDN; hit; fwd=stale; ttl=-30"],
    [{ fwd: "uri-miss", fwdStatus: 200, stored: true }, "ResCDN; fwd=uri-miss; fwd-status=200; stored"],
    [{ fwd: "miss", stored: false, collapsed: true }, "ResCDN; fwd=miss; collapsed"],
    [{ fwd: "bypass", detail: "no-store" }, "ResCDN; fwd=bypass; detail=no-store"],
    [{ detail: 'says "no", \\o/' }, 'ResCDN; detail="says \\"no\\", \\\\o/"'],
    [{ detail: "a\r\nset-cookie: é" }, 'ResCDN; detail="aset-cookie: "'],
    [{ detail: "" }, 'ResCDN; detail=""'],
    [{}, "ResCDN"],
  ])("%j", (status, text) => {
    expect(formatCacheStatus(status)).toBe(text);
  });

  it("one legal member, whatever the detail", () => {
    fc.assert(
      fc.property(anyText(), fc.integer(), (detail, ttl) => {
        const list = parseList(formatCacheStatus({ fwd: "miss", ttl, detail }));
        expect(list).toHaveLength(1);
        const [name, parameters] = list[0]!;
        expect(name).toEqual(new Token("ResCDN"));
        expect([...parameters.keys()]).toEqual(["fwd", "ttl", "detail"]);
        expect(String(parameters.get("detail"))).toBe(detail.replace(/[^\x20-\x7e]/g, ""));
      }),
    );
  });
});

describe("appendCacheStatus()", () => {
  it.each([
    [null, "ResCDN; hit"],
    ["", "ResCDN; hit"],
    ["Origin; hit", "Origin; hit, ResCDN; hit"],
    ['"a, b"; fwd=miss, Other', '"a, b"; fwd=miss, Other, ResCDN; hit'],
    ['"never closed', "ResCDN; hit"],
    ["a,", "ResCDN; hit"],
    ["a".repeat(4_096), `${"a".repeat(4_096)}, ResCDN; hit`],
    ["a".repeat(4_097), "ResCDN; hit"],
  ])("puts our member behind %j", (existing, expected) => {
    expect(appendCacheStatus(existing, "ResCDN; hit")).toBe(expected);
  });
});
