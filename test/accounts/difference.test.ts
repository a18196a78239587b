import { describe, expect, it } from "vitest";
import { difference } from "../../src/accounts/difference.ts";

describe("difference()", () => {
  it.each([
    [{ a: 1 }, { a: 1 }, {}, {}],
    [{ a: 1, b: 2 }, { a: 1, b: 3 }, { b: 2 }, { b: 3 }],
    [{}, { a: null }, {}, { a: null }],
    [{ a: 1 }, {}, { a: 1 }, {}],
    [{ s: { a: 1, b: [1] } }, { s: { a: 1, b: [2] } }, { s: { b: [1] } }, { s: { b: [2] } }],
    [{ s: { a: 1 } }, { s: { a: 1, b: 2 } }, { s: {} }, { s: { b: 2 } }],
    [{ s: "all" }, { s: { a: 1 } }, { s: "all" }, { s: { a: 1 } }],
    [{ l: ["a", "b"] }, { l: ["b"] }, { l: ["a", "b"] }, { l: ["b"] }],
  ])("of %j and %j is %j and %j", (before, after, was, is) => {
    expect(difference(before, after)).toEqual({ before: was, after: is });
  });
});
