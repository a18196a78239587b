import { describe, expect, it } from "vitest";
import { invalidatedUris, isUnsafe } from "../../src/http/invalidation.ts";

describe("isUnsafe()", () => {
  it.each([
    ["GET", false],
    ["HEAD", false],
    ["OPTIONS", false],
    ["TRACE", false],
    ["POST", true],
    ["PUT", true],
    ["DELETE", true],
    ["PATCH", true],
    ["M-SEARCH", true],
    ["get", true],
  ])("says of %s: %j", (method, unsafe) => {
    expect(isUnsafe(method)).toBe(unsafe);
  });
});

describe("invalidatedUris()", () => {
  const target = "https://a.example/dir/x?q=1";
  const invalidated = (method: string, status: number, headers: Record<string, string> = {}) =>
    invalidatedUris(method, status, new URL(target), new Headers(headers)).map((url) => url.href);

  it.each([200, 204, 299, 301, 303, 399])("names the target after a %i", (status) => {
    expect(invalidated("POST", status)).toEqual([target]);
  });

  it.each([100, 199, 400, 404, 500, 599])("names nothing after a %i", (status) => {
    expect(invalidated("POST", status, { location: "/y" })).toEqual([]);
  });

  it("names nothing after a safe request", () => {
    expect(invalidated("GET", 200, { location: "/y" })).toEqual([]);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ location: "y" }, ["https://a.example/dir/y"]],
    [{ "content-location": "/z" }, ["https://a.example/z"]],
    [{ location: "/y", "content-location": "/z" }, ["https://a.example/y", "https://a.example/z"]],
    [{ location: "/y", "content-location": "/y" }, ["https://a.example/y"]],
    [{ location: "/y#part" }, ["https://a.example/y"]],
    [{ location: "" }, []],
    [{ location: target }, []],
    [{ location: "https://b.example/y" }, []],
    [{ location: "http://a.example/y" }, []],
    [{ location: "https://a.example:8443/y" }, []],
    [{ location: "//b.example/y" }, []],
    [{ location: "http://[" }, []],
    [{ location: "javascript:1" }, []],
  ])("names, for %j, the target and %j", (headers, more) => {
    expect(invalidated("PUT", 201, headers)).toEqual([target, ...more]);
  });

  it.each([301, 302, 303, 307])(
    "names the target alone after a %i: where it leads, a stranger may have chosen",
    (status) => {
      expect(invalidated("POST", status, { location: "/y", "content-location": "/z" })).toEqual([target]);
    },
  );

  it("leaves the request's URL as it was", () => {
    const url = new URL("https://a.example/x#part");
    invalidatedUris("PUT", 200, url, new Headers());
    expect(url.hash).toBe("#part");
  });
});
