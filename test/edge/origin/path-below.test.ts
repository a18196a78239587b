import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pathBelow } from "../../../src/edge/origin/path-below.ts";

describe("pathBelow()", () => {
  it.each([
    ["/a.css", "/site/v3/a.css"],
    ["/", "/site/v3/"],
    ["//a", "/site/v3//a"],
    ["/a/../b", "/site/v3/a/../b"],
    ["/..a/...", "/site/v3/..a/..."],
    ["/a%2Fb%25", "/site/v3/a%2Fb%25"],
  ])("puts %s behind the origin's path", (path, below) => {
    expect(pathBelow("/site/v3", path)).toBe(below);
  });

  it.each([
    ...["/..", "/../x", "/a/../../x", "/%2e%2e/x", "/..%2fx", "/%2e%2e%2fx", "/..%5cx", "/a/..;/..;/x", "/..;a=b/x"],
    ...["/%252e%252e%252fx", "/%25252e%25252e/x", "/..%c0%afx", "/%c0%ae%c0%ae/x", "/%u002e%u002e/x", "/\\..\\x"],
    ...["//../x", "/./../x", "/a//../../x", "/..%00/x", "/.. /x"],
  ])("refuses %s, which some server reads as something above it", (path) => {
    expect(pathBelow("/site/v3", path)).toBe(null);
    expect(pathBelow("", path)).toBe(path);
  });

  const piece = fc.oneof(
    fc.constantFrom(
      "..",
      ".",
      "/",
      "//",
      "\\",
      "%2e",
      "%2E",
      "%2f",
      "%5c",
      "%252e",
      "%25",
      "%c0%ae",
      ";x",
      "%3b",
      "a",
      "%00",
    ),
    fc.string({ maxLength: 2 }),
  );
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);

  it("gives no path that any server, however it decodes, reads as something outside", () => {
    fc.assert(
      fc.property(
        path,
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        fc.boolean(),
        (asked, decodings, hasParameters, collapses) => {
          const below = pathBelow("/site/v3", asked);
          if (below === null) return;
          expect(`${servedBy(below, decodings, hasParameters, collapses)}/`).toMatch(/^\/site\/v3\//);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("refuses nothing in which nothing stands for two dots", () => {
    const harmless = fc.stringMatching(/^(?:\/[a-zA-Z0-9 _+@~-]{0,8}){1,6}$/);
    fc.assert(fc.property(harmless, (asked) => pathBelow("/site", asked) === `/site${asked}`));
  });
});

/** How a server might read a path: decoded several times, with either slash, without parameters, with `//` as one slash. */
function servedBy(path: string, decodings: number, hasParameters: boolean, collapses: boolean): string {
  let read = path;
  for (let decoding = 0; decoding < decodings; decoding++)
    read = read.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  const kept: string[] = [];
  for (const segment of read.split(/[/\\]/).slice(1)) {
    const name = hasParameters ? segment.replace(/;.*$/s, "") : segment;
    if (name === "..") kept.pop();
    else if (name !== "." && !(collapses && name === "")) kept.push(name);
  }
  return `/${kept.join("/")}`;
}
