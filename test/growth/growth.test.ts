import { describe, expect, it } from "vitest";
import { growsTooFast } from "./growth.ts";
import { OF_MANY_FIELDS, PARSERS } from "./parsers.ts";

/** What texts are made of, again and again, to make a parser do its work many times. */
const PIECES = [
  " ",
  "\t",
  ",",
  ";",
  "=",
  '"',
  "\\",
  '\\"',
  '"\\',
  '",',
  '"a",',
  "a",
  "a,",
  "a, ",
  "a ,",
  "a;",
  "a=1,",
  "a=b;",
  "0",
  "1",
  "-",
  ".",
  "a.",
  "/",
  "/.",
  "/../",
  "/a",
  "%41",
  "%2e%2e/",
  "%",
  "&",
  "a&",
  "b=1&",
  "a-b",
  "*",
  "*,",
  "_",
  ":",
  "\u00e9",
  "q=0,",
  "a;q=0.5,",
  "en,",
  '"a" ',
  'W/"',
  'W/"a",',
  'no-cache="a",',
  'private="a,b",',
  "max-age=1,",
  "domain=a;",
  "; domain",
  "(a) ",
  "a;b=1,",
  "?1,",
  "A",
  "aa==",
];

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

describe.each(Object.entries(PARSERS))("%s", (_, parsers) => {
  it.each(Object.entries(parsers))("%s does at most 3 times the work for twice the text", (_, parse) => {
    expect(PIECES.filter((piece) => growsTooFast(parse, piece))).toEqual([]);
  });
});

describe.each(Object.entries(OF_MANY_FIELDS))("%s", (_, readers) => {
  it.each(Object.entries(readers))("%s does at most 3 times the work for twice as many fields", (_, read) => {
    expect(growsTooFast(read, "a")).toBe(false);
  });
});
