import { describe, expect, it } from "vitest";
import { BoundedMap } from "../../src/memo/bounded-map.ts";

/** What a map holds after texts were set one after the other, each with itself as its weight's measure. */
function heldOf(forget: "everything" | "the oldest", bounds: { entries: number; weight?: number }, texts: string[]) {
  const map = new BoundedMap<string, string>(bounds, forget, (_, text) => text.length);
  for (const text of texts) map.set(text[0]!, text);
  return [...map.values()];
}

describe("a map that forgets everything", () => {
  it.each<[string, { entries: number; weight?: number }, string[], string[]]>([
    ["holds as many entries as it may", { entries: 3 }, ["a", "b", "c"], ["a", "b", "c"]],
    ["has only the newest after one more", { entries: 3 }, ["a", "b", "c", "d"], ["d"]],
    ["is not full of an entry that takes its own place", { entries: 3 }, ["a", "b", "c", "b2"], ["a", "c", "b2"]],
    ["holds what weighs as much as it may", { entries: 9, weight: 6 }, ["aaa", "bbb"], ["aaa", "bbb"]],
    ["has only the newest above that", { entries: 9, weight: 6 }, ["aaa", "bbb", "c"], ["c"]],
    ["weighs an entry that was replaced no longer", { entries: 9, weight: 6 }, ["aaaaa", "a", "bbbbb"], ["a", "bbbbb"]],
    ["counts anew once it has forgotten", { entries: 9, weight: 6 }, ["aaa", "bbbb", "cc"], ["bbbb", "cc"]],
  ])("%s", (_, bounds, texts, held) => {
    expect(heldOf("everything", bounds, texts)).toEqual(held);
  });
});

describe("a map that forgets the oldest", () => {
  it.each<[string, { entries: number; weight?: number }, string[], string[]]>([
    ["drops what was set first", { entries: 3 }, ["a", "b", "c", "d"], ["b", "c", "d"]],
    ["keeps what was set again", { entries: 3 }, ["a", "b", "c", "a2", "d"], ["c", "a2", "d"]],
    ["drops as many as are too heavy", { entries: 9, weight: 6 }, ["aa", "bb", "cc", "ddd"], ["cc", "ddd"]],
    ["keeps the newest, however heavy it is", { entries: 9, weight: 6 }, ["a", "bbbbbbbb"], ["bbbbbbbb"]],
    ["is lighter by what it has dropped", { entries: 9, weight: 6 }, ["aaaaaaaa", "b", "ccccc"], ["b", "ccccc"]],
  ])("%s", (_, bounds, texts, held) => {
    expect(heldOf("the oldest", bounds, texts)).toEqual(held);
  });
});

it("a map is lighter by what was deleted or cleared", () => {
  const map = new BoundedMap<string, number>({ entries: 9, weight: 6 }, "everything", (_, weight) => weight);
  map.set("a", 5);
  expect([map.delete("a"), map.delete("a")]).toEqual([true, false]);
  map.set("b", 6);
  expect([...map.keys()]).toEqual(["b"]);
  map.clear();
  map.set("c", 3).set("d", 3);
  expect([...map.keys()]).toEqual(["c", "d"]);
});
