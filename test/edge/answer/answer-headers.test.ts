import { describe, expect, it } from "vitest";
import { notModifiedHeaders } from "../../../src/edge/answer/answer-headers.ts";

const kept = (fields: Record<string, string>) => [...notModifiedHeaders(new Headers(fields)).keys()];

describe("notModifiedHeaders()", () => {
  it.each([
    "age",
    "cache-control",
    "cdn-cache-control",
    "content-location",
    "date",
    "etag",
    "expires",
    "vary",
    "cache-status",
    "x-cache",
    "access-control-allow-origin",
    "x-content-type-options",
    "set-cookie",
    "x-anything",
  ])("repeats %s (RFC 9110 §15.4.5)", (name) => {
    expect(kept({ [name]: "1" })).toEqual([name]);
  });

  it.each(["content-type", "content-length", "content-encoding", "content-language", "content-range", "accept-ranges"])(
    "leaves out %s, since there is no body to describe",
    (name) => {
      expect(kept({ [name]: "1", date: "1" })).toEqual(["date"]);
    },
  );

  it("says Last-Modified only where it is the validator", () => {
    expect(kept({ "last-modified": "1" })).toEqual(["last-modified"]);
    expect(kept({ "last-modified": "1", etag: '"1"' })).toEqual(["etag"]);
  });

  it("leaves the fields of the 200 as they are", () => {
    const whole = new Headers({ "content-type": "text/css" });
    notModifiedHeaders(whole);
    expect(whole.get("content-type")).toBe("text/css");
  });
});
