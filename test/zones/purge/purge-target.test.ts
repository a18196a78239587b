import { describe, expect, it } from "vitest";
import { pathTarget, prefixTarget } from "../../../src/zones/purge/purge-target.ts";

const hosts = ["my-assets.rescdn.io", "my-assets.rescdn.localhost"];

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
    ["/a?utm_source=x&a=1", { except: ["utm_*"] }, { kind: "url", value: "/a?a=1" }],
    ["/a/*", "keep", { kind: "prefix", value: "/a/" }],
    ["/a/v2.*", "keep", { kind: "prefix", value: "/a/v2." }],
    ["/*", "keep", { kind: "prefix", value: "/" }],
    ["/b/../a/*", "keep", { kind: "prefix", value: "/a/" }],
    ["/a/%2a", "keep", { kind: "path", value: "/a/%2A" }],
    ["https://my-assets.rescdn.io/a.css", "keep", { kind: "path", value: "/a.css" }],
    ["HTTP://My-Assets.RESCDN.io:8787/a.css?v=1#top", "keep", { kind: "url", value: "/a.css?v=1" }],
    ["my-assets.rescdn.localhost:8787/ü.css", "keep", { kind: "path", value: "/%C3%BC.css" }],
    ["https://my-assets.rescdn.io./a/*", "keep", { kind: "prefix", value: "/a/" }],
    ["https://my-assets.rescdn.io", "keep", { kind: "path", value: "/" }],
    ["https://my-assets.rescdn.io?a=1", "keep", { kind: "url", value: "/?a=1" }],
    [" /a.css ", "keep", { kind: "path", value: "/a.css" }],
    ["/a#b", "keep", { kind: "path", value: "/a" }],
  ] as const)("reads %j in a zone with the query rule %j", (path, query, target) => {
    expect(pathTarget(path, { query, hosts })).toEqual({ ok: true, target });
  });

  it.each([
    ["", "must begin with /"],
    ["a", "must begin with /"],
    ["*.css", "must begin with /"],
    ["?a", "must begin with /"],
    ["#", "must begin with /"],
    ["https:///a", "another host"],
    ["https://x/a", "this zone is at my-assets.rescdn.io and my-assets.rescdn.localhost"],
    ["https://my-assets.rescdn.io.example/a", "another host"],
    ["https://my-assets.rescdn.io@example.com/a", "another host"],
    ["ftp://my-assets.rescdn.io/a", "must begin with /"],
    ["/a\tb", "control characters"],
    ["/a/*.css", "a * that is not at its end"],
    ["/a/**", "a * that is not at its end"],
    ["/a*?b", "a * that is not at its end"],
    ["/a?b=*", "a * in its query"],
  ])("refuses %j: %s", (path, reason) => {
    expect(pathTarget(path, { query: "keep", hosts })).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe("prefixTarget()", () => {
  const zone = { query: "keep", hosts } as const;

  it.each([
    ["/", "/"],
    ["/assets/", "/assets/"],
    ["/assets/v", "/assets/v"],
    ["/a/../b/", "/b/"],
    ["https://my-assets.rescdn.io/a/#top", "/a/"],
  ])("reads %j", (prefix, value) => {
    expect(prefixTarget(prefix, zone)).toEqual({ ok: true, target: { kind: "prefix", value } });
  });

  it.each([
    ["", "must begin with /"],
    ["a", "must begin with /"],
    ["/a?b", "must have no query"],
    ["/dir/*", 'must have no *: "/dir/" already means everything that begins with it'],
    ["/*/a", "must have no *"],
  ])("refuses %j: %s", (prefix, reason) => {
    expect(prefixTarget(prefix, zone)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
