import { describe, expect, it } from "vitest";
import { pathTarget, prefixTarget } from "../../../src/zones/purge/purge-target.ts";

describe("pathTarget()", () => {
  it.each([
    ["/assets/v2/reset.css", "keep", { kind: "path", value: "/assets/v2/reset.css" }],
    ["/a/../b/./c.css", "keep", { kind: "path", value: "/b/c.css" }],
    ["/%7Euser/%2f", "keep", { kind: "path", value: "/~user/%2F" }],
    ["/a b/ü.css", "keep", { kind: "path", value: "/a%20b/%C3%BC.css" }],
    ["//x/y.css", "keep", { kind: "path", value: "//x/y.css" }],
    ["/a\\b", "keep", { kind: "path", value: "/a/b" }],
    ["/@host:80/a", "keep", { kind: "path", value: "/@host:80/a" }],
    ["/a?", "keep", { kind: "path", value: "/a" }],
    ["/a?b=2&a=1", "keep", { kind: "url", value: "/a?b=2&a=1" }],
    ["/a?b=2&a=1", "sort", { kind: "url", value: "/a?a=1&b=2" }],
    ["/a?b=2&a=1", "ignore", { kind: "url", value: "/a" }],
    ["/a?b=2&a=1", ["a"], { kind: "url", value: "/a?a=1" }],
    ["/a/*", "keep", { kind: "prefix", value: "/a/" }],
    ["/a/v2.*", "keep", { kind: "prefix", value: "/a/v2." }],
    ["/*", "keep", { kind: "prefix", value: "/" }],
    ["/b/../a/*", "keep", { kind: "prefix", value: "/a/" }],
    ["/a/%2a", "keep", { kind: "path", value: "/a/%2A" }],
    ["/a/*.css", "keep", { kind: "path", value: "/a/*.css" }],
    ["/a?b=*", "keep", { kind: "url", value: "/a?b=*" }],
  ] as const)("reads %j in a zone with the query rule %j", (path, rule, target) => {
    expect(pathTarget(path, rule)).toEqual(target);
  });

  it.each(["", "a", "https://x/a", "?a", "/a#b", "#"])("refuses %j", (path) => {
    expect(pathTarget(path, "keep")).toBeNull();
  });
});

describe("prefixTarget()", () => {
  it.each([
    ["/", "/"],
    ["/assets/", "/assets/"],
    ["/assets/v", "/assets/v"],
    ["/a/../b/", "/b/"],
  ])("reads %j", (prefix, value) => {
    expect(prefixTarget(prefix)).toEqual({ kind: "prefix", value });
  });

  it.each(["", "a", "/a?b", "/a#b"])("refuses %j", (prefix) => {
    expect(prefixTarget(prefix)).toBeNull();
  });
});
