import fc from "fast-check";
import rangeParser from "range-parser";
import { describe, expect, it } from "vitest";
import { formatHttpDate } from "../../src/http/dates.ts";
import {
  type ByteRange,
  contentRange,
  parseContentRange,
  parseRange,
  partHeld,
  type RangeRequest,
  requestedRange,
  unsatisfiedRange,
} from "../../src/http/range.ts";

const modified = Date.UTC(2030, 0, 1, 12);
const stored = { etag: '"a"', lastModified: modified, date: modified + 1000 };
const part = (first: number, last: number): RangeRequest => ({ kind: "part", first, last });
const whole: RangeRequest = { kind: "whole" };
const unsatisfiable: RangeRequest = { kind: "unsatisfiable" };

function ask(headers: Record<string, string>, { method = "GET", size = 10, selected = stored as object } = {}) {
  return requestedRange(method, new Headers(headers), { ...stored, ...selected }, size);
}

describe("parseRange() reads", () => {
  it.each<[string | null, ByteRange | null]>([
    ["bytes=0-9", { kind: "from", first: 0, last: 9 }],
    ["bytes=,0-9", { kind: "from", first: 0, last: 9 }],
    ["bytes=0-9 ,", { kind: "from", first: 0, last: 9 }],
    ["Bytes=\t007-", { kind: "from", first: 7, last: null }],
    ["bytes=-7", { kind: "suffix", length: 7 }],
    ["bytes=, -7", { kind: "suffix", length: 7 }],
    ["bytes=9-2", null],
    ["bytes=0-1,3-4", null],
    ["bytes=-", null],
    ["items=0-9", null],
    [null, null],
  ])("%j", (value, expected) => {
    expect(parseRange(value)).toEqual(expected);
  });
});

describe("requestedRange() of 10 bytes reads", () => {
  it.each<[string, RangeRequest]>([
    ["bytes=0-1", part(0, 1)],
    ["BYTES=0-1", part(0, 1)],
    ["bytes=0-0", part(0, 0)],
    ["bytes=1-", part(1, 9)],
    ["bytes=0-", part(0, 9)],
    ["bytes=9-9", part(9, 9)],
    ["bytes=5-100", part(5, 9)],
    [`bytes=5-${"9".repeat(400)}`, part(5, 9)],
    ["bytes=-1", part(9, 9)],
    ["bytes=-10", part(0, 9)],
    ["bytes=-100", part(0, 9)],
    ["bytes=0-1,", part(0, 1)],
    ["bytes=, ,0-1", part(0, 1)],
    ["bytes=10-", unsatisfiable],
    ["bytes=10-20", unsatisfiable],
    [`bytes=${"9".repeat(400)}-`, unsatisfiable],
    ["bytes=-0", unsatisfiable],
    ["bytes=2-1", whole],
    ["bytes=20-10", whole],
    ["bytes=0-1,3-4", whole],
    ["bytes=-", whole],
    ["bytes=", whole],
    ["bytes=a-b", whole],
    ["bytes=0x1-2", whole],
    ["bytes=1.0-2", whole],
    ["bytes=--1", whole],
    ["bytes 0-1", whole],
    ["items=0-1", whole],
    ["", whole],
  ])("%s", (range, expected) => {
    expect(ask({ range })).toEqual(expected);
  });
});

describe("requestedRange()", () => {
  it("is the whole without Range and for other methods than GET", () => {
    expect(ask({})).toEqual(whole);
    expect(ask({ range: "bytes=0-1" }, { method: "HEAD" })).toEqual(whole);
    expect(ask({ range: "bytes=0-1" }, { method: "POST" })).toEqual(whole);
  });

  it.each<[string, RangeRequest]>([
    ["bytes=0-", unsatisfiable],
    ["bytes=0-0", unsatisfiable],
    ["bytes=-0", unsatisfiable],
    ["bytes=-5", whole],
  ])("of nothing reads %s", (range, expected) => {
    expect(ask({ range }, { size: 0 })).toEqual(expected);
  });

  const date = formatHttpDate(modified);
  it.each<[string, string, object, RangeRequest]>([
    ["a matching tag", '"a"', {}, part(0, 1)],
    ["another tag", '"b"', {}, whole],
    ["a weak tag", 'W/"a"', { etag: 'W/"a"' }, whole],
    ["a list of tags", '"a", "b"', {}, whole],
    ["any tag where none is stored", '"a"', { etag: null }, whole],
    ["the exact date", date, {}, part(0, 1)],
    ["a later date", formatHttpDate(modified + 1000), {}, whole],
    ["an earlier date", formatHttpDate(modified - 1000), {}, whole],
    ["a date that is too close to be strong", date, { date: modified }, whole],
    ["a date where no Date is stored", date, { date: null }, whole],
    ["a date where no Last-Modified is stored", date, { lastModified: null }, whole],
    ["nonsense", "a", {}, whole],
  ])("with %s in If-Range", (_, ifRange, selected, expected) => {
    expect(ask({ range: "bytes=0-1", "if-range": ifRange }, { selected })).toEqual(expected);
  });

  it("lies within the representation", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("0", "1", "9", "-", ",", " ") }), fc.nat(200), (set, size) => {
        const range = ask({ range: `bytes=${set}` }, { size });
        if (range.kind !== "part") return;
        expect(range.first >= 0 && range.first <= range.last && range.last < size).toBe(true);
      }),
    );
  });

  it("agrees with range-parser on single ranges", () => {
    const position = fc.option(fc.nat(30), { nil: "" as const });
    fc.assert(
      fc.property(position, position, fc.nat(20), (first, last, size) => {
        expect(ask({ range: `bytes=${first}-${last}` }, { size })).toEqual(oracle(first, last, size));
      }),
    );
  });
});

/** What range-parser says of one range, but for two deviations. */
function oracle(first: number | "", last: number | "", size: number): RangeRequest {
  // It calls unsatisfiable what RFC 9110 §14.1.2 calls invalid: a last position before the first.
  if (first !== "" && last !== "" && last < first) return whole;
  // It drops an overlong suffix, whose meaning by §14.1.2 is the whole.
  if (first === "" && Number(last) > size) return size === 0 ? whole : part(0, size - 1);
  const ranges = rangeParser(size, `bytes=${first}-${last}`);
  if (ranges === -2) return whole;
  return ranges === -1 ? unsatisfiable : part(ranges[0]!.start, ranges[0]!.end);
}

describe("contentRange() and unsatisfiedRange()", () => {
  it("write the fields of 206 and 416", () => {
    expect(contentRange(0, 4, 10)).toBe("bytes 0-4/10");
    expect(unsatisfiedRange(10)).toBe("bytes */10");
  });
});

describe("parseContentRange() reads", () => {
  it.each([
    ["bytes 4-9/10", { first: 4, last: 9, size: 10 }],
    ["bytes 0-0/*", { first: 0, last: 0, size: null }],
    ["Bytes 0-4/10", { first: 0, last: 4, size: 10 }],
    [null, null],
    ["", null],
    ["bytes */10", null],
    ["bytes 4-3/10", null],
    ["bytes 0-10/10", null],
    ["bytes 0-9", null],
    ["items 0-9/10", null],
    ["bytes 0-9/10, bytes 0-9/10", null],
    [`bytes 0-1/${"9".repeat(30)}`, null],
    [`bytes 0-${"9".repeat(30)}/*`, null],
  ])("%j as %j", (value, expected) => {
    expect(parseContentRange(value)).toEqual(expected);
  });

  it("what contentRange() writes", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, rest) => {
        const last = first + more;
        const size = last + 1 + rest;
        expect(parseContentRange(contentRange(first, last, size))).toEqual({ first, last, size });
      }),
    );
  });
});

describe("partHeld() of a label and a length", () => {
  it.each<[label: string, length: number, held: string | null]>([
    ["bytes 4-9/10", 6, "bytes 4-9/10"],
    ["bytes 4-9/*", 6, "bytes 4-9/*"],
    ["bytes 4-9/10", 5, "bytes 4-8/9"],
    ["bytes 4-8/10", 6, "bytes 4-9/10"],
    ["bytes 4-7/10", 2, "bytes 4-5/10"],
    ["bytes 4-9/10", 9, "bytes 4-12/13"],
    ["bytes 4-9/*", 2, "bytes 4-5/*"],
    ["bytes 4-6/10", 9, null],
    ["bytes 4-9/10", 0, null],
  ])("%s, %i bytes", (label, length, held) => {
    const found = partHeld(parseContentRange(label)!, length);
    expect(found && contentRange(found.first, found.last, found.size)).toBe(held);
  });
});
