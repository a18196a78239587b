import { describe, expect, it } from "vitest";
import { excessOf } from "../../../src/edge/cache/origin-fields.ts";

const tags = (count: number, length: number) =>
  Array.from({ length: count }, (_, at) => String(at).padStart(length, "t"));
const field = (length: number): [string, string] => ["x-a", "a".repeat(length - 3)];

describe("excessOf()", () => {
  it.each<[string, string[], [string, string][], string | null]>([
    ["nothing", [], [], null],
    ["1,000 tags", tags(1_000, 16), [], null],
    ["1,001 tags", tags(1_001, 4), [], "too-many-tags"],
    ["tags of 16 KB", tags(16, 1_024), [], null],
    ["tags above 16 KB", [...tags(16, 1_024), "a"], [], "too-many-tags"],
    ["a tag above 1,024 characters", tags(1, 1_025), [], "too-many-tags"],
    ["fields of 32 KB", [], [field(16_384), field(16_384)], null],
    ["fields above 32 KB", [], [field(16_384), field(16_385)], "too-many-fields"],
  ])("of %s", (_, tags, headers, excess) => {
    expect(excessOf({ tags, headers })).toBe(excess);
  });
});
