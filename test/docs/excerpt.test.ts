import { expect, it } from "vitest";
import { excerptOf } from "../../src/docs/page/excerpt.ts";

const LONG = `${"before ".repeat(20)}a Purge of purged things${" after".repeat(40)}`;

it("shows the words around what was found, each term marked, the longest where several begin", () => {
  const parts = excerptOf(LONG, ["purge", "purged"]);
  expect(parts.filter(({ isFound }) => isFound).map(({ text }) => text)).toEqual(["Purge", "purged"]);
  const text = parts.map((part) => part.text).join("");
  expect(text).toMatch(/^… before .*a Purge of purged things after .*after …$/);
  expect(text.length).toBeLessThan(150);
});

it("begins near the longest term, and marks none within a word", () => {
  const parts = excerptOf(`a lifetime if any ${"more ".repeat(40)}stale_if_error ends`, ["if", "stale_if_error"]);
  expect(parts.map(({ text }) => text).join("")).toMatch(/^… more .*stale_if_error ends$/);
  expect(excerptOf("lifetime, if any", ["if"]).map(({ text }) => text)).toEqual(["lifetime, ", "if", " any"]);
});

it("shows the beginning where nothing of it was found, and nothing of an empty text", () => {
  expect(excerptOf("short", ["x"])).toEqual([{ text: "short", isFound: false }]);
  expect(excerptOf("", ["x"])).toEqual([]);
});
