import { describe, expect, it } from "vitest";
import { endToEndHeaders } from "../../src/http/hop-by-hop.ts";

const names = (headers: Record<string, string>) => [...endToEndHeaders(new Headers(headers)).keys()];

describe("endToEndHeaders() leaves out", () => {
  it.each([
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
  ])("%s", (name) => {
    expect(names({ [name]: "x", "test-header": "1" })).toEqual(["test-header"]);
  });

  it("the fields that Connection names", () => {
    expect(names({ connection: "A, b,, close", a: "1", b: "2", c: "3" })).toEqual(["c"]);
  });
});

describe("endToEndHeaders() keeps", () => {
  it.each(["cache-control", "set-cookie", "content-type", "content-encoding", "etag", "vary", "authorization"])(
    "%s, though Connection names it",
    (name) => {
      expect(names({ connection: name, [name]: "x" })).toEqual([name]);
    },
  );

  it("everything where Connection names nothing readable", () => {
    expect(names({ connection: "a b, (c)", a: "1" })).toEqual(["a"]);
  });

  it("each cookie apart, and its argument as it was", () => {
    const headers = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["connection", "close"],
    ]);
    expect(endToEndHeaders(headers).getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(headers.has("connection")).toBe(true);
  });
});
