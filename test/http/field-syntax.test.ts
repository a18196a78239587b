import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isToken, listMembers, splitOutsideQuotes, unquoted } from "../../src/http/field-syntax.ts";

describe("listMembers() splits", () => {
  it.each([
    [null, []],
    ["", []],
    [" , ,", []],
    ["a", ["a"]],
    [" a ,\tb,, c ", ["a", "b", "c"]],
    ['a="1, 2", b', ['a="1, 2"', "b"]],
    ['a="1\\", 2", b', ['a="1\\", 2"', "b"]],
    ['"never closed, no-store', ['"never closed', "no-store"]],
    ['a="closed", "never, b', ['a="closed"', '"never', "b"]],
    ['"\\", b', ['"\\"', "b"]],
  ])("%j into %j", (value, members) => {
    expect(listMembers(value)).toEqual(members);
  });

  it("text without quotes as a plain split does", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "b", ",", " ") }), (value) => {
        const plain = value.split(",").map((part) => part.trim());
        expect(listMembers(value)).toEqual(plain.filter((part) => part !== ""));
      }),
    );
  });
});

describe("splitOutsideQuotes()", () => {
  it("splits parameters at semicolons and leaves quoted ones", () => {
    expect(splitOutsideQuotes('text/html; a="x;y" ;q=1', ";")).toEqual(["text/html", 'a="x;y"', "q=1"]);
  });
});

describe("unquoted()", () => {
  it.each([
    ["plain", "plain"],
    ['"quoted"', "quoted"],
    ['"with \\"escapes\\" and \\\\"', 'with "escapes" and \\'],
    ['"', '"'],
    ['""', ""],
    ['"open', '"open'],
  ])("reads %j as %j", (text, meant) => {
    expect(unquoted(text)).toBe(meant);
  });
});

describe("isToken()", () => {
  it.each([
    ["max-age", true],
    ["X_1!", true],
    ["", false],
    ["a b", false],
    ["a:b", false],
    ["é", false],
    ["a\n", false],
  ])("says of %j: %j", (text, verdict) => {
    expect(isToken(text)).toBe(verdict);
  });
});
