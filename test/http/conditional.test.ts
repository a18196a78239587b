import { describe, expect, it } from "vitest";
import { evaluatePreconditions, knownEtag, type Precondition, validators } from "../../src/http/conditional.ts";
import { formatHttpDate } from "../../src/http/dates.ts";

const now = Date.UTC(2030, 0, 1, 12);
const hour = 3_600_000;
const modified = now - hour;
const stored = { etag: '"a"', lastModified: modified, date: now };
const at = (offset: number) => formatHttpDate(modified + offset);

const before = at(-1000);
const same = at(0);
const after = at(1000);

describe("evaluatePreconditions() of a GET decides", () => {
  it.each<[Record<string, string>, Precondition]>([
    [{}, "proceed"],
    [{ "if-match": '"a"' }, "proceed"],
    [{ "if-match": "*" }, "proceed"],
    [{ "if-match": '"b", "a"' }, "proceed"],
    [{ "if-match": '"b"' }, "failed"],
    [{ "if-match": 'W/"a"' }, "failed"],
    [{ "if-match": '"a"', "if-unmodified-since": before }, "proceed"],
    [{ "if-unmodified-since": same }, "proceed"],
    [{ "if-unmodified-since": before }, "failed"],
    [{ "if-unmodified-since": "yesterday" }, "proceed"],
    [{ "if-none-match": '"a"' }, "not-modified"],
    [{ "if-none-match": 'W/"a"' }, "not-modified"],
    [{ "if-none-match": "*" }, "not-modified"],
    [{ "if-none-match": '"1", "a", "2"' }, "not-modified"],
    [{ "if-none-match": '"b"' }, "proceed"],
    [{ "if-none-match": "a" }, "proceed"],
    [{ "if-none-match": '"b"', "if-modified-since": after }, "proceed"],
    [{ "if-none-match": '"a"', "if-modified-since": before }, "not-modified"],
    [{ "if-none-match": "", "if-modified-since": after }, "proceed"],
    [{ "if-match": '"b"', "if-none-match": '"a"' }, "failed"],
    [{ "if-match": '"a"', "if-none-match": '"a"' }, "not-modified"],
    [{ "if-modified-since": same }, "not-modified"],
    [{ "if-modified-since": after }, "not-modified"],
    [{ "if-modified-since": before }, "proceed"],
    [{ "if-modified-since": "0" }, "proceed"],
    [{ "if-modified-since": `${same}, ${same}` }, "proceed"],
    [{ "if-modified-since": "Tuesday, 01-Jan-30 11:00:00 GMT" }, "not-modified"],
  ])("%j: %s", (headers, expected) => {
    expect(evaluatePreconditions("GET", new Headers(headers), stored, now)).toBe(expected);
    expect(evaluatePreconditions("HEAD", new Headers(headers), stored, now)).toBe(expected);
  });
});

describe("of a form in another coding", () => {
  const coded = { ...stored, etag: '"a-br"', otherEtags: ['"a"', '"a-br"', '"a-gzip"'] };

  it.each<[Record<string, string>, Precondition]>([
    [{ "if-none-match": '"a"' }, "not-modified"],
    [{ "if-none-match": 'W/"a-gzip"' }, "not-modified"],
    [{ "if-none-match": '"b-gzip"' }, "proceed"],
    [{ "if-match": '"a-gzip"' }, "failed"],
    [{ "if-match": '"a-br"' }, "proceed"],
  ])("a GET with %j: %s", (headers, expected) => {
    expect(evaluatePreconditions("GET", new Headers(headers), coded, now)).toBe(expected);
  });

  it("a change is not guarded by it", () => {
    expect(evaluatePreconditions("PUT", new Headers({ "if-none-match": '"a-gzip"' }), coded, now)).toBe("proceed");
  });

  it.each([
    ['"a-br", "a"', '"a-br"'],
    ['"x", W/"a-gzip"', '"a-gzip"'],
    ["*", '"a-br"'],
    ['"x"', null],
  ])("a client that sends %s has %s", (tags, known) => {
    expect(knownEtag(tags, coded)).toBe(known);
  });
});

describe("evaluatePreconditions() decides", () => {
  const dateOnly = { etag: null, lastModified: null, date: now };
  const nothing = { etag: null, lastModified: null, date: null };

  it.each<[string, string, Record<string, string>, typeof stored | typeof dateOnly | typeof nothing, Precondition]>([
    ["If-Modified-Since by Date", "GET", { "if-modified-since": formatHttpDate(now) }, dateOnly, "not-modified"],
    ["that a copy older than Date may be outdated", "GET", { "if-modified-since": same }, dateOnly, "proceed"],
    ["nothing without dates", "GET", { "if-modified-since": after }, nothing, "proceed"],
    [
      "nothing on If-Unmodified-Since without Last-Modified",
      "GET",
      { "if-unmodified-since": before },
      nothing,
      "proceed",
    ],
    ["that If-Match needs a tag", "GET", { "if-match": '"a"' }, nothing, "failed"],
    ["that If-None-Match * needs none", "GET", { "if-none-match": "*" }, nothing, "not-modified"],
    ["that a PUT fails on If-None-Match", "PUT", { "if-none-match": "*" }, stored, "failed"],
    ["that a PUT ignores If-Modified-Since", "PUT", { "if-modified-since": after }, stored, "proceed"],
  ])("%s", (_, method, headers, selected, expected) => {
    expect(evaluatePreconditions(method, new Headers(headers), selected, now)).toBe(expected);
  });
});

describe("validators() sends", () => {
  it.each<[Record<string, string>, object]>([
    [{}, {}],
    [{ etag: 'W/"a"' }, { "if-none-match": 'W/"a"' }],
    [{ etag: "unquoted" }, { "if-none-match": "unquoted" }],
    [{ etag: "" }, {}],
    [{ "last-modified": same }, { "if-modified-since": same }],
    [{ "last-modified": "yesterday" }, {}],
    [
      { etag: '"a"', "last-modified": same },
      { "if-none-match": '"a"', "if-modified-since": same },
    ],
  ])("for %j: %j", (headers, expected) => {
    expect(validators(new Headers(headers))).toEqual(expected);
  });
});
