import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endToEndHeaders } from "../../src/http/hop-by-hop.ts";

const names = (headers: Record<string, string>) => [...endToEndHeaders(new Headers(headers)).keys()];

describe("endToEndHeaders() leaves out", () => {
  it.each([
    // RFC 9110 §7.6.1: "Intermediaries SHOULD remove or replace fields that are known to require removal".
    ["proxy-connection", "Keep-Alive"],
    ["keep-alive", "timeout=5, max=1000"],
    ["te", "trailers, deflate;q=0.5"],
    ["transfer-encoding", "chunked"],
    ["upgrade", "HTTP/2.0, SHTTP/1.3"],
    // RFC 7540 §3.2.1: "The HTTP2-Settings header field is a connection-specific header field".
    ["http2-settings", "AAMAAABkAAQAAP__"],
    // RFC 9110 §7.8 and §10.1.4: each of these comes with a connection option.
    ["connection", "close"],
    // RFC 9111 §3.1: "fields that are specific to the proxy that a cache uses when forwarding".
    ["proxy-authenticate", 'Basic realm="x"'],
    ["proxy-authentication-info", 'nextnonce="x"'],
    ["proxy-authorization", "Basic eDp5"],
    // RFC 9110 §6.6.2: which trailers come is known where the message is framed.
    ["trailer", "Expires"],
  ] as const)("%s, whatever is said with it", (name, value) => {
    const fields = { [name]: value, "test-header": "1" };
    expect(names(fields)).toEqual(["test-header"]);
    // As on the wire, where a name has any case.
    expect(names({ [name.toUpperCase()]: value, "Test-Header": "1" })).toEqual(["test-header"]);
    expect(names({ ...fields, connection: `${name}, close` })).toEqual(["test-header"]);
  });

  it("nothing else: what a message says of itself stays, and what Connection names goes", () => {
    const field = fc.stringMatching(/^x-[a-z]{1,8}$/);
    fc.assert(
      fc.property(fc.uniqueArray(field), fc.uniqueArray(field), (present, named) => {
        const fields = Object.fromEntries(present.map((name) => [name, "1"]));
        const left = names({ ...fields, connection: named.map((name) => name.toUpperCase()).join(", ") });
        expect(left).toEqual(present.filter((name) => !named.includes(name)).sort());
      }),
    );
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
