import { describe, expect, it } from "vitest";
import { growsTooFast } from "./growth.ts";
import { PARSERS } from "./parsers.ts";

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

/** Tests the parsers of the files in question: there are many, and two test files share them. */
export function testParsers(isInQuestion: (file: string) => boolean): void {
  describe.each(Object.entries(PARSERS).filter(([file]) => isInQuestion(file)))("%s", (_, parsers) => {
    it.each(Object.entries(parsers))("%s takes about twice as long for twice the text", (_, parse) => {
      expect(PIECES.filter((piece) => growsTooFast(parse, piece))).toEqual([]);
    });
  });
}

export function isOfHttp(file: string): boolean {
  return file.startsWith("src/http/");
}
