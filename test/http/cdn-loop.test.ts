import { describe, expect, it } from "vitest";
import { hasPassed, parseCdnLoop } from "../../src/http/cdn-loop.ts";

describe("parseCdnLoop() reads", () => {
  it.each([
    [null, []],
    ["", []],
    ["Fastly", ["Fastly"]],
    ["cloudflare; loops=1", ["cloudflare; loops=1"]],
    [
      'foo123.foocdn.example, barcdn.example; trace="abcdef"',
      ["foo123.foocdn.example", 'barcdn.example; trace="abcdef"'],
    ],
    ["AnotherCDN; abc=123; def=x", ["AnotherCDN; abc=123; def=x"]],
    ["cdn.example:8080, [2001:db8::1]:443", ["cdn.example:8080", "[2001:db8::1]:443"]],
    ["a,, b ,", ["a", "b"]],
    [Array(8).fill("a").join(), Array(8).fill("a")],
    ["a".repeat(64), ["a".repeat(64)]],
  ] as const)("%j (RFC 8586 §2)", (value, members) => {
    expect(parseCdnLoop(value)).toEqual(members);
  });
});

describe("parseCdnLoop() refuses", () => {
  it.each([
    ["more networks than a route has", Array(9).fill("a").join()],
    ["more of one than its name", "a".repeat(65)],
    ["what is no list within the bounds, before reading it", ",".repeat(1_000_000)],
    ["a space in a name", "a b"],
    ["a name in brackets that is no address", "[evil]"],
    ["markup", "<script>"],
    ["a control character", "a\u0007"],
    ["a parameter without a value", "a;b"],
    ["a parameter whose value could end it", 'a;b="c";d="\\""'],
    ["a quote that is not closed", 'a;b="c'],
  ])("%s", (_, value) => {
    expect(parseCdnLoop(value)).toBeNull();
  });
});

describe("hasPassed()", () => {
  it.each([
    [["rescdn"], true],
    [["Fastly", "ResCDN; loops=1"], true],
    [["rescdn2", "not-rescdn"], false],
    [["other; rescdn=1"], false],
    [[], false],
  ])("of %j is %j", (loop, passed) => {
    expect(hasPassed(loop, "rescdn")).toBe(passed);
  });
});
