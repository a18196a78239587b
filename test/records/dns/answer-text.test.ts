import { describe, expect, it } from "vitest";
import { errorText, formatOf, LONGEST_TEXT, okText } from "../../../src/records/dns/answer-text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const base64url = (text: string) => bytes(text).toBase64({ alphabet: "base64url", omitPadding: true });

describe("okText()", () => {
  it("has the shape that documents and clients agree on", () => {
    const text = okText({ bytes: bytes('{"database":"postgres"}'), ttl: 3600, updatedAt: 1_800_000_000_999 });
    expect(text).toBe('v=rdb1;s=ok;t=data;f=json;ttl=3600;ts=1800000000;d={"database":"postgres"}');
  });

  it.each([
    ["JSON with = and quotes", '{"a":"b=c"}', "json", true],
    ["JSON with a semicolon", '{"a":"b;c"}', "json", false],
    ["JSON over several lines", '{\n  "a": 1\n}', "json", false],
    ["JSON beyond ASCII", '{"a":"ü"}', "json", false],
    ["a word", "hello world", "text", true],
    ["a word beyond ASCII", "grüezi", "text", false],
    ["nothing", "", "text", true],
    ["control characters", "a\x00b", "binary", false],
  ])("%s", (_what, data, format, plain) => {
    const ending = plain ? `f=${format};ttl=60;d=${data}` : `e=b64;f=${format};ttl=60;d=${base64url(data)}`;
    expect(okText({ bytes: bytes(data), ttl: 60 })).toBe(`v=rdb1;s=ok;t=data;${ending}`);
  });

  it("uses the URL alphabet without padding", () => {
    const text = okText({ bytes: new Uint8Array([0xfb, 0xff, 0xfe, 0xff]), ttl: 1 });
    expect(text).toBe("v=rdb1;s=ok;t=data;e=b64;f=binary;ttl=1;d=-__-_w");
  });

  it("puts hash and more before the data", () => {
    expect(okText({ bytes: bytes("[]"), ttl: 1, hash: "0123456789abcdef", more: true })).toBe(
      "v=rdb1;s=ok;t=data;f=json;ttl=1;h=0123456789abcdef;more=1;d=[]",
    );
  });

  it("says so where the text is too long for a message", () => {
    const head = okText({ bytes: bytes(""), ttl: 1 }).length;
    expect(okText({ bytes: bytes("x".repeat(LONGEST_TEXT - head)), ttl: 1 })).toHaveLength(LONGEST_TEXT);
    expect(okText({ bytes: bytes("x".repeat(LONGEST_TEXT - head + 1)), ttl: 1 })).toBe("v=rdb1;s=error;err=E013");
  });
});

describe("errorText()", () => {
  it.each([
    ["E001", "v=rdb1;s=invalid;err=E001"],
    ["E002", "v=rdb1;s=invalid;err=E002"],
    ["E003", "v=rdb1;s=invalid;err=E003"],
    ["E004", "v=rdb1;s=notfound;err=E004"],
    ["E005", "v=rdb1;s=notfound;err=E005"],
    ["E006", "v=rdb1;s=auth;err=E006"],
    ["E007", "v=rdb1;s=auth;err=E007"],
  ] as const)("%s", (code, text) => {
    expect(errorText(code)).toBe(text);
  });
});

describe("formatOf()", () => {
  it.each([
    ['{"a":1}', "json"],
    ["1", "json"],
    ["hello\nworld", "text"],
    ["grüezi", "text"],
    ["", "text"],
    ["\x00", "binary"],
  ])("%j is %s", (text, format) => {
    expect(formatOf(bytes(text))).toBe(format);
  });

  it("takes what is no UTF-8 for binary", () => {
    expect(formatOf(new Uint8Array([0xff, 0xfe]))).toBe("binary");
  });
});
