import { describe, expect, it } from "vitest";
import { areTooMany, tagHashesOf } from "../../../src/edge/cache/origin-fields.ts";
import { textHash } from "../../../src/text-hash.ts";

const tags = (count: number, length: number) =>
  Array.from({ length: count }, (_, at) => String(at).padStart(length, "t"));
const field = (length: number): [string, string] => ["x-a", "a".repeat(length - 3)];

describe("tagHashesOf()", () => {
  it.each<[Record<string, string>, string[]]>([
    [{}, []],
    [{ "cache-tag": "red, blue,,red" }, ["red", "blue"]],
    [{ "surrogate-key": "red  blue", "cache-tag": "green, red" }, ["green", "red", "blue"]],
  ])("of %j", (headers, tags) => {
    expect(tagHashesOf(new Headers(headers))).toEqual(tags.map(textHash));
  });

  it.each<[string, string[], number | null]>([
    ["1,000 tags", tags(1_000, 16), 1_000],
    ["1,001 tags", tags(1_001, 4), null],
    ["tags of 16 KB", tags(16, 1_024), 16],
    ["tags above 16 KB", [...tags(16, 1_024), "a"], null],
    ["a tag above 1,024 characters", tags(1, 1_025), null],
  ])("of %s", (_, tags, count) => {
    expect(tagHashesOf(new Headers({ "cache-tag": tags.join() }))?.length ?? null).toBe(count);
    expect(tagHashesOf(new Headers({ "surrogate-key": tags.join(" ") }))?.length ?? null).toBe(count);
  });
});

describe("areTooMany()", () => {
  it.each<[string, [string, string][], boolean]>([
    ["no fields", [], false],
    ["fields of 32 KB", [field(16_384), field(16_384)], false],
    ["fields above 32 KB", [field(16_384), field(16_385)], true],
  ])("of %s", (_, headers, expected) => {
    expect(areTooMany(headers)).toBe(expected);
  });
});
