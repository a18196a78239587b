import { describe, expect, it } from "vitest";
import { mediaTypeOf } from "../../src/http/media-type.ts";

describe("mediaTypeOf()", () => {
  it.each<[string | null, string | null, string | null]>([
    ["text/css", "text/css", null],
    ["Text/CSS; Charset=UTF-8", "text/css", "UTF-8"],
    ['text/css;charset="utf-8"', "text/css", "utf-8"],
    ["text/css ; charset=iso-8859-1; x=y", "text/css", "iso-8859-1"],
    ['text/css; x="; charset=evil"; charset=utf-8', "text/css", "utf-8"],
    ["text/css; charset=utf-8; charset=latin1", "text/css", "utf-8"],
    ["text/css; charset=; charset=latin1", "text/css", "latin1"],
    ["text/css; charset='utf-8'", "text/css", null],
    ["text/css; charset", "text/css", null],
    ["text/css;;; charset=utf-8", "text/css", "utf-8"],
    ["image/svg+xml", "image/svg+xml", null],
    [null, null, null],
    ["", null, null],
    ["text", null, null],
    ["text/", null, null],
    ["/css", null, null],
    ["text/css/x", null, null],
    ["text css/x", null, null],
    ["charset=utf-8", null, null],
    ["*/*", null, null],
  ])("reads %j", (field, essence, charset) => {
    const type = mediaTypeOf(field);
    expect([type?.essence ?? null, type?.charset ?? null]).toEqual([essence, charset]);
    if (type !== null) expect(type.text).toBe(field);
  });

  it.each([
    ["text/html, text/css", "text/css"],
    ["text/css, text/html; charset=utf-8", "text/html; charset=utf-8"],
    ["text/css, nonsense", "text/css"],
    ["text/css, */*", "text/css"],
    ["text/css; charset=utf-8, text/css", "text/css; charset=utf-8"],
    ["text/css; charset=utf-8, text/css; x=y", "text/css; x=y; charset=utf-8"],
    ["text/css; charset=utf-8, text/css; charset=latin1", "text/css; charset=latin1"],
    ["text/css; charset=utf-8, text/html, text/css", "text/css"],
    ["text/css; charset=a, text/css; charset=b, text/css, text/css", "text/css; charset=b"],
    ['text/css; x="a, text/html"', 'text/css; x="a, text/html"'],
    ["text/css, charset=utf-8", "text/css"],
    ["text/css,", "text/css"],
  ])("of several, %j, gives the last valid one in one line (Fetch, extract a MIME type)", (field, text) => {
    expect(mediaTypeOf(field)?.text).toBe(text);
  });
});
