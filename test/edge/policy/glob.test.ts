import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Glob } from "../../../src/edge/policy/glob.ts";

describe("Glob", () => {
  it.each<[string, string, string[] | null]>([
    ["/a", "/a", []],
    ["/a", "/ab", null],
    ["", "", []],
    ["*", "", [""]],
    ["/old/*", "/old/", [""]],
    ["/old/*", "/old", null],
    ["/old/*", "/old/a/b", ["a/b"]],
    ["*.pdf", "/x.pdf", ["/x"]],
    ["/a*a", "/a", null],
    ["/a*a", "/aa", [""]],
    ["*/img/*.png", "/x/img/y/img/z.png", ["/x", "y/img/z"]],
    ["/*/*/c", "/a/b/c", ["a", "b"]],
    ["/**/c", "/a/b/c", ["", "a/b"]],
    ["*abab*", "xababab", ["x", "ab"]],
    ["*abababac*", "abababababac", ["abab", ""]],
    ["a.b", "axb", null],
    ["/[a-z]", "/a", null],
    ["/A", "/a", null],
  ])("%s of %s: %j", (pattern, text, captures) => {
    const glob = new Glob(pattern);
    expect(glob.captures(text)).toEqual(captures);
    expect(glob.matches(text)).toBe(captures !== null);
  });

  it("matches what the regular expression of the same meaning matches, and its captures put the text together", () => {
    const piece = fc.constantFrom("a", "b", "ab", "ba", "aab", "abaabab", "*");
    const texts = fc.array(fc.constantFrom("a", "b", "ab"), { maxLength: 30 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), texts, (pieces, text) => {
        const pattern = pieces.join("");
        const meant = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
        const captures = new Glob(pattern).captures(text);
        expect(captures !== null).toBe(meant.test(text));
        if (captures === null) return;
        expect(pattern.split("*").reduce((sum, part, at) => sum + captures[at - 1]! + part)).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });
});
