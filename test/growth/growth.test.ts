import { describe, expect, it } from "vitest";
import { growsTooFast } from "./growth.ts";
import { OF_MANY_FIELDS } from "./parsers.ts";
import { isOfHttp, testParsers } from "./test-parsers.ts";

describe("growsTooFast()", () => {
  it("finds work that grows with the square of the text", () => {
    const readsOn = (text: string) => {
      for (let from = 0; from < text.length; from += 64) for (let at = from; text[at] === "a"; at++);
    };
    expect(growsTooFast(readsOn, "a")).toBe(true);
    const copies = (text: string) => {
      let all: string[] = [];
      for (const member of text.split(",")) all = [...all, member];
    };
    expect(growsTooFast(copies, "a member,")).toBe(true);
  });

  it("lets pass what grows with the text, and a sort of its parts", () => {
    expect(growsTooFast((text) => text.split(",").sort(), "b,a,")).toBe(false);
  });
});

testParsers((file) => !isOfHttp(file));

describe.each(Object.entries(OF_MANY_FIELDS))("%s", (_, readers) => {
  it.each(Object.entries(readers))("%s takes about twice as long for twice as many fields", (_, read) => {
    expect(growsTooFast(read, "a")).toBe(false);
  });
});
