import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Glob } from "../../../src/edge/policy/glob.ts";
import { redirectLocation } from "../../../src/edge/policy/redirect-location.ts";
import { normalisePath } from "../../../src/http/uri.ts";

describe("redirectLocation()", () => {
  it.each<[to: string, query: "keep" | "drop" | undefined, captures: string[], search: string, location: string]>([
    ["/new", undefined, [], "", "/new"],
    ["/new", undefined, [], "?a=1", "/new?a=1"],
    ["/new", "drop", [], "?a=1", "/new"],
    ["/new?b=2", "keep", [], "?a=1", "/new?b=2&a=1"],
    ["/new#top", "keep", [], "?a=1", "/new?a=1#top"],
    ["/$2/$1", "keep", ["a", "b/c"], "", "/b/c/a"],
    ["/$1$9", "keep", ["a"], "", "/a"],
    ["/$1", "keep", ["/evil.example"], "", "/.//evil.example"],
    ["$1", "keep", ["//evil.example"], "", "/.//evil.example"],
    ["https://a.example$1", "keep", ["/x"], "", "https://a.example/x"],
    ["https://a.example/?to=$1", "keep", ["a&b=c+d;e"], "", "https://a.example/?to=a%26b%3Dc%2Bd%3Be"],
    ["/costs$", "keep", ["x"], "", "/costs$"],
  ])("%s, query %s, of %j%s: %s", (to, query, captures, search, location) => {
    expect(redirectLocation({ to, ...(query && { query }) }, captures, search)).toBe(location);
  });

  it("leads to the rule's own host, and in one line, whatever path is asked", () => {
    const glob = new Glob("/go*");
    const path = fc.oneof(
      fc.constant("/a"),
      fc
        .array(fc.constantFrom("/", "\\", "@", "//", "evil.example", "%0d%0a", "\r\n", "\t", ":", "?", "#", ".", ".."))
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(
        path,
        fc.constantFrom("/$1", "/in/$1", "https://a.example/$1", "https://a.example/x?y=$1"),
        (text, to) => {
          const url = new URL(`https://zone.example/go${text}`);
          const location = redirectLocation({ to }, glob.captures(normalisePath(url.pathname)) ?? [], url.search);
          expect(location).toMatch(/^[\x21-\x7e]+$/);
          expect(new URL(location, url).host).toBe(to.startsWith("/") ? "zone.example" : "a.example");
        },
      ),
      { numRuns: 500 },
    );
  });
});
