import { describe, expect, it } from "vitest";
import { canonicalCoding, contentCodings } from "../../src/http/content-encoding.ts";

describe("contentCodings() reads", () => {
  it.each<[string | null, string[]]>([
    [null, []],
    ["", []],
    ["gzip", ["gzip"]],
    [" GZIP ", ["gzip"]],
    ["gzip,", ["gzip"]],
    [",, gzip", ["gzip"]],
    ["gzip, br", ["gzip", "br"]],
    ["gzip, gzip", ["gzip", "gzip"]],
    ["identity", []],
    ["UTF-8", []],
    ["utf8", []],
    ["ISO-8859-1", []],
    ["none", []],
    ["text/html", []],
    ["gzip;q=1", []],
    ["aws-chunked", []],
    ["aws-chunked,gzip", ["gzip"]],
    ["gzip, UTF-8", ["gzip"]],
    ["mystery, gzip", ["gzip"]],
    ["mystery", ["mystery"]],
    ["compress, gzip", ["compress", "gzip"]],
  ])("%j", (value, codings) => {
    expect(contentCodings(value)).toEqual(codings);
  });
});

describe("canonicalCoding()", () => {
  it.each([
    ["x-gzip", "gzip"],
    ["gzip", "gzip"],
    ["br", "br"],
  ])("of %s is %s", (coding, name) => {
    expect(canonicalCoding(coding)).toBe(name);
  });
});
