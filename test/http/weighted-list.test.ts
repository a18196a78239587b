import { describe, expect, it } from "vitest";
import { weightedValues } from "../../src/http/weighted-list.ts";

describe("weightedValues() reads", () => {
  it.each<[string | null, [string, number | null][]]>([
    [null, []],
    ["gzip", [["gzip", 1]]],
    [
      "DE, en;q=0.5",
      [
        ["de", 1],
        ["en", 0.5],
      ],
    ],
    ["a ; Q=0.25", [["a", 0.25]]],
    ["a;q=1.000", [["a", 1]]],
    ["a;q=0", [["a", 0]]],
    ["a;q=0.", [["a", 0]]],
    ["a;q=2", [["a", null]]],
    ["a;q=1.1", [["a", null]]],
    ["a;q=", [["a", null]]],
    ["a;q=.5", [["a", null]]],
    ["Text/HTML ;Level=A;q=0.5", [["text/html;Level=A", 0.5]]],
    ['a/b;x="1;q=0, 2"', [['a/b;x="1;q=0, 2"', 1]]],
  ])("%j", (list, expected) => {
    expect(weightedValues(list).map(({ value, weight }) => [value, weight])).toEqual(expected);
  });
});
