import { describe, expect, it } from "vitest";
import { freshenHeaders, selectsStored } from "../../src/http/freshen.ts";

const freshened = (stored: Record<string, string>, notModified: Record<string, string>) =>
  Object.fromEntries(freshenHeaders(new Headers(stored), new Headers(notModified)));

describe("freshenHeaders() takes from the 304", () => {
  it.each([
    ["test-header", "A", "B"],
    ["content-foo", "A", "B"],
    ["cache-control", "max-age=1", "max-age=3600"],
    ["content-location", "/foo", "/bar"],
    ["content-security-policy", "default-src 'self'", "default-src 'self' cdn.example.com"],
    ["content-type", "text/plain", "text/plain;charset=utf-8"],
    ["expires", "Fri, 01 Jan 2038 01:01:01 GMT", "Mon, 11 Jan 2038 11:11:11 GMT"],
    ["vary", "a", "b"],
    ["date", "Fri, 01 Jan 2038 01:01:01 GMT", "Mon, 11 Jan 2038 11:11:11 GMT"],
    ["age", "7", "0"],
  ])("%s", (name, before, after) => {
    expect(freshened({ [name]: before }, { [name]: after })).toEqual({ [name]: after });
    expect(freshened({}, { [name]: after })).toEqual({ [name]: after });
  });
});

describe("freshenHeaders() keeps", () => {
  it.each([
    ["content-length", "5", "10"],
    ["content-encoding", "gzip", "br"],
    ["content-md5", "rL0Y20zC+Fzt72VPzMSk2A==", "N7UdGUp1E+RbVvZSTy1R8g=="],
    ["content-digest", "sha-256=:AAAA:", "sha-256=:BBBB:"],
    ["repr-digest", "sha-256=:AAAA:", "sha-256=:BBBB:"],
    ["digest", "SHA-256=AAAA", "SHA-256=BBBB"],
    ["content-range", "bytes 0-1/2", "bytes 0-2/3"],
    ["etag", '"abcdef"', '"ghijkl"'],
  ])("the stored %s", (name, before, after) => {
    expect(freshened({ [name]: before }, { [name]: after })).toEqual({ [name]: before });
  });

  it("fields that the 304 omits, but for Date and Age", () => {
    const stored = { a: "1", date: "Fri, 01 Jan 2038 01:01:01 GMT", age: "100", etag: '"a"' };
    expect(freshened(stored, {})).toEqual({ a: "1", etag: '"a"' });
  });

  it("its own bytes' description where the stored response has none", () => {
    expect(freshened({}, { "content-length": "0", "content-encoding": "gzip" })).toEqual({});
  });

  it("out what is hop-by-hop in the 304", () => {
    expect(freshened({}, { connection: "x", x: "1", "keep-alive": "5", y: "2" })).toEqual({ y: "2" });
  });
});

describe("freshenHeaders()", () => {
  it("takes no cookie: it is for the client whose request was answered", () => {
    expect(freshened({}, { "set-cookie": "a=2" })).toEqual({});
  });

  it("leaves its arguments as they were", () => {
    const stored = new Headers({ a: "1", age: "3" });
    const notModified = new Headers({ a: "2", connection: "close" });
    freshenHeaders(stored, notModified);
    expect([Object.fromEntries(stored), Object.fromEntries(notModified)]).toEqual([
      { a: "1", age: "3" },
      { a: "2", connection: "close" },
    ]);
  });
});

describe("selectsStored()", () => {
  const date = "Wed, 01 Jan 2020 00:00:00 GMT";
  const other = "Thu, 02 Jan 2020 00:00:00 GMT";

  it.each<[Record<string, string>, Record<string, string>, boolean]>([
    [{ etag: '"a"' }, { etag: '"a"' }, true],
    [{ etag: '"a"' }, { etag: '"b"' }, false],
    [{ etag: 'W/"a"' }, { etag: '"a"' }, false],
    [{ etag: '"a"' }, { etag: 'W/"a"' }, true],
    [{ etag: 'W/"a"' }, { etag: 'W/"a"' }, true],
    [{ etag: 'W/"a"' }, { etag: 'W/"b"' }, false],
    [{ etag: "unquoted" }, { etag: "unquoted" }, true],
    [{ etag: '"a"', "last-modified": date }, { etag: '"a"', "last-modified": other }, true],
    [{ etag: '"a"', "last-modified": date }, { etag: '"b"', "last-modified": date }, false],
    [{ etag: '"a"' }, {}, true],
    [{ "last-modified": date }, {}, true],
    [{}, {}, true],
    [{ "last-modified": date }, { "last-modified": date }, true],
    [{ "last-modified": date }, { "last-modified": "Wednesday, 01-Jan-20 00:00:00 GMT" }, true],
    [{ "last-modified": date }, { "last-modified": other }, false],
    [{ etag: '"a"', "last-modified": date }, { "last-modified": other }, false],
    [{ "last-modified": date }, { etag: '"a"', "last-modified": date }, true],
    [{ "last-modified": date }, { etag: '"a"' }, false],
    [{}, { etag: '"a"' }, false],
  ])("of %j by %j: %j", (stored, notModified, selected) => {
    expect(selectsStored(new Headers(stored), new Headers(notModified))).toBe(selected);
  });
});
