import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asEntityTag, codedEtag, isEntityTag, parseEntityTags, strongMatch, weakMatch } from "../../src/http/etag.ts";

describe("isEntityTag()", () => {
  it.each([
    ['"abc"', true],
    ['W/"abc"', true],
    ['""', true],
    ['"a\\b"', true],
    ['"abcdefü"', true],
    ["abc", false],
    ['w/"abc"', false],
    ['W\\"abc"', false],
    ['W"abc"', false],
    ['"a b"', false],
    ['"a"b"', false],
    ['"abc', false],
    ["*", false],
    ["", false],
  ])("says of %s: %j", (text, verdict) => {
    expect(isEntityTag(text)).toBe(verdict);
  });
});

describe("asEntityTag() shows", () => {
  it.each([
    ['"abc"', '"abc"'],
    ['W/"abc"', 'W/"abc"'],
    ["abc", '"abc"'],
    ["W/abc", 'W/"abc"'],
    ['w/"abc"', 'W/"abc"'],
    ['"abc', '"abc"'],
    ['abc"', '"abc"'],
    ['"a b"', '"a%20b"'],
    ['"a", "b"', '"a%22,%20%22b"'],
    ["'abc'", "\"'abc'\""],
    [" abc ", '"abc"'],
    ['"', null],
    ["W/", null],
    ["", null],
  ])("%j as %j", (said, shown) => {
    expect(asEntityTag(said)).toBe(shown);
  });

  it("whatever is said, a tag that clients can send back in a list", () => {
    fc.assert(
      fc.property(fc.string(), (said) => {
        const shown = asEntityTag(said);
        if (shown !== null) expect(parseEntityTags(`"other", ${shown}`)).toEqual(['"other"', shown]);
      }),
    );
  });
});

describe("codedEtag()", () => {
  it.each([
    ['"a"', '"a-br"'],
    ['W/"a"', 'W/"a-br"'],
  ])("of %s is %s", (tag, coded) => {
    expect(codedEtag(tag, "br")).toBe(coded);
  });
});

describe("parseEntityTags() reads", () => {
  it.each<[string | null, "*" | string[]]>([
    [null, []],
    ["", []],
    [" * ", "*"],
    ['"a"', ['"a"']],
    ['"a", W/"b" ,"c"', ['"a"', 'W/"b"', '"c"']],
    ['"a,b", "c"', ['"a,b"', '"c"']],
    ['"a\\", "b"', ['"a\\"', '"b"']],
    [',, "a" ,', ['"a"']],
    ['abc, "b"', ['"b"']],
    ['"a" "b", "c"', ['"c"']],
    ['*, "a"', ['"a"']],
    ['"never closed, "', []],
    ['"a", "never closed', ['"a"']],
  ])("%j", (list, tags) => {
    expect(parseEntityTags(list)).toEqual(tags);
  });

  it("every list of entity tags back", () => {
    const tag = fc.string({ unit: fc.constantFrom("a", ",", "\\", "/", "é") }).map((opaque) => `"${opaque}"`);
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            tag,
            tag.map((strong) => `W/${strong}`),
          ),
        ),
        (tags) => {
          expect(parseEntityTags(tags.join(", "))).toEqual(tags);
        },
      ),
    );
  });
});

describe("strongMatch() and weakMatch()", () => {
  // The table of RFC 9110 §8.8.3.2, and what is no entity tag.
  it.each([
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', 'W/"1"', false, true],
    ['"1"', '"1"', true, true],
    ["1", "1", false, false],
    ["*", "*", false, false],
  ])("compare %s with %s: strong %j, weak %j", (a, b, strong, weak) => {
    expect([strongMatch(a, b), weakMatch(a, b)]).toEqual([strong, weak]);
  });
});
