import { describe, expect, it } from "vitest";
import { clientHeaders, ownCookies } from "../../../src/edge/cache/client-headers.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const AT = Date.UTC(2026, 10, 22, 10);
const DATE = "Sun, 22 Nov 2026 10:00:00 GMT";

/** What clients see of an answer to a request for a path. */
function seen(said: Record<string, string>, { path = "/page", status = 200 } = {}): Record<string, string> {
  const target = targetOf(new URL(`https://z.rescdn.io${path}`), zoneDocument());
  return Object.fromEntries(clientHeaders(new Response(null, { status, headers: said }), AT, target));
}

describe("clientHeaders()", () => {
  it.each(["cache-tag", "surrogate-key", "set-cookie", "connection", "keep-alive", "x-hop"])("hides %s", (name) => {
    expect(seen({ connection: "x-hop", [name]: "x", date: DATE, "x-seen": "1" })).toEqual({
      date: DATE,
      "x-seen": "1",
    });
  });

  it("hides what Cache-Control keeps from caches (RFC 9111 §5.2.2.7)", () => {
    expect(seen({ "cache-control": 'private="x-user"', "x-user": "a", date: DATE })).not.toHaveProperty("x-user");
  });

  it("says when the answer came where the origin does not", () => {
    expect(seen({})).toEqual({ date: DATE });
    expect(seen({ date: "yesterday" })).toEqual({ date: "yesterday" });
  });

  it.each([
    ["gzip", { etag: 'W/"1"' }],
    [" BR ", { etag: 'W/"1"' }],
    ["exotic", { etag: '"1"', "content-encoding": "exotic", "content-length": "9" }],
  ])("of a body in %s, says what it is when it has been decoded", (coding, expected) => {
    const fields = { "content-encoding": coding, "content-length": "9", etag: '"1"', date: DATE };
    expect(seen(fields)).toEqual({ date: DATE, ...expected });
  });

  it("leaves a weak tag of a decoded body as it is, and makes none", () => {
    expect(seen({ "content-encoding": "gzip", etag: 'W/"1"' }).etag).toBe('W/"1"');
    expect(seen({ "content-encoding": "gzip" })).not.toHaveProperty("etag");
  });

  it.each([
    [200, "text/css"],
    [203, "text/css"],
    [206, "text/css"],
    [299, "text/css"],
    [301, "text/plain"],
    [404, "text/plain"],
  ])("labels by its path a %i as %s", (status, type) => {
    expect(seen({ "content-type": "text/plain" }, { path: "/a.css", status })["content-type"]).toBe(type);
  });

  it("does not relabel what the origin forbids to guess, nor a page", () => {
    const plain = { "content-type": "text/plain", "x-content-type-options": "nosniff" };
    expect(seen(plain, { path: "/a.js" })["content-type"]).toBe("text/plain");
    expect(seen({ "content-type": "text/html" }, { path: "/a.css" })["content-type"]).toBe("text/html");
  });
});

describe("ownCookies()", () => {
  const set = (cookies: boolean, ...values: string[]) =>
    ownCookies(new Headers(values.map((value): [string, string] => ["set-cookie", value])), {
      headers: [],
      cookies,
      authorization: false,
    });

  it("gives none where the zone forwards none", () => {
    expect(set(false, "a=1")).toEqual([]);
  });

  it.each([
    ["a=1", "a=1"],
    ["a=1; Path=/; Domain=rescdn.io; Secure", "a=1; Path=/; Secure"],
    ["a=1;domain=.rescdn.io", "a=1"],
    ["a=1; DOMAIN =rescdn.io", "a=1"],
    ["a=1; Domain", "a=1"],
    ["a=1; Domain=a; domain=b", "a=1"],
    ["domain=1; Path=/", "domain=1; Path=/"],
    ["a=1; Domains=x", "a=1; Domains=x"],
  ])("gives %s as %s, to this host alone", (cookie, own) => {
    expect(set(true, cookie, "b=2")).toEqual([own, "b=2"]);
  });
});
