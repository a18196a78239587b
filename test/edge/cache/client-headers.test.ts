import { describe, expect, it } from "vitest";
import { clientHeaders, ownCookies } from "../../../src/edge/cache/client-headers.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const AT = Date.UTC(2026, 10, 22, 10);
const DATE = "Sun, 22 Nov 2026 10:00:00 GMT";

/** What clients see of an answer to a request for a path. */
function seen(
  said: Record<string, string>,
  { path = "/page", status = 200, isPage = false } = {},
): Record<string, string> {
  const target = targetOf(new URL(`https://z.rescdn.io${path}`), zoneDocument());
  return Object.fromEntries(
    clientHeaders({ response: new Response(null, { status, headers: said }), answeredAt: AT, isPage }, target),
  );
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

  it("tells one type of several, of an error too", () => {
    for (const status of [200, 302, 404, 500]) {
      expect(seen({ "content-type": "text/html, text/plain" }, { status })["content-type"]).toBe("text/plain");
      expect(seen({ "content-type": "nonsense" }, { status })["content-type"]).toBe("nonsense");
    }
  });

  it("does not relabel what the origin forbids to guess, nor a page", () => {
    const plain = { "content-type": "text/plain", "x-content-type-options": "nosniff" };
    expect(seen(plain, { path: "/a.js" })["content-type"]).toBe("text/plain");
    expect(seen({ "content-type": "text/html" }, { path: "/a.css" })["content-type"]).toBe("text/html");
  });

  const KEPT = {
    "cache-control": "public, max-age=600, immutable",
    "cdn-cache-control": "max-age=60",
    "cloudflare-cdn-cache-control": "max-age=60",
    "surrogate-control": "max-age=60",
    expires: DATE,
  };

  it("calls a page under an asset's name cacheable to nobody, however it is known to be one", () => {
    const html = { "content-type": "text/html", date: DATE };
    expect(seen({ ...KEPT, ...html }, { path: "/a.css" })).toEqual({ ...html, "cache-control": "no-store" });
    const untyped = seen({ ...KEPT, date: DATE }, { path: "/a.css", isPage: true });
    expect(untyped).toEqual({ date: DATE, "content-type": "text/css", "cache-control": "no-store" });
    for (const given of [{ path: "/a" }, { path: "/a.css", status: 404 }]) {
      expect(seen({ ...KEPT, ...html }, given)).toEqual({ ...KEPT, ...html });
    }
  });

  it.each([
    [undefined, "private"],
    ["max-age=60", "max-age=60, private"],
    ["no-store", "no-store"],
    ["private, max-age=60", "private, max-age=60"],
    ["s-maxage=60", "s-maxage=60"],
    ["public, max-age=60", "public, max-age=60"],
  ])("has JSON under a script's name, with %j, said to be %j: shared only on the origin's word", (said, told) => {
    const fields = { "content-type": "application/json", ...(said !== undefined && { "cache-control": said }) };
    expect(seen(fields, { path: "/a.js" })["cache-control"]).toBe(told);
    expect(seen(fields, { path: "/a.json" })["cache-control"]).toBe(said);
  });

  it("leaves the type of what is coded, and named by that, to the origin", () => {
    const octets = { "content-type": "application/octet-stream" };
    const coded = { ...octets, "content-encoding": "x-special" };
    expect(seen(octets, { path: "/a.tgz" })["content-type"]).toBe("application/gzip");
    expect(seen(coded, { path: "/a.tgz" })["content-type"]).toBe("application/octet-stream");
    expect(seen(coded, { path: "/a.js" })["content-type"]).toBe("application/javascript");
  });
});

describe("ownCookies()", () => {
  const set = (cookies: boolean, ...values: string[]) =>
    ownCookies(
      new Headers(values.map((value): [string, string] => ["set-cookie", value])),
      { headers: [], cookies, authorization: false },
      ["zone.rescdn.io", "zone.rescdn.localhost"],
    );

  it("gives none where the zone forwards none", () => {
    expect(set(false, "a=1")).toEqual([]);
  });

  it.each([
    ["a=1", "a=1"],
    ["a=1; Path=/; Domain=zone.rescdn.io; Secure", "a=1; Path=/; Secure"],
    ["a=1; Domain=.zone.rescdn.localhost", "a=1"],
    ["a=1;domain=.origin.example", "a=1"],
    ["a=1; DOMAIN =origin.example", "a=1"],
    ["a=1; Domain=other.rescdn.io", "a=1"],
    ["a=1; Domain=below.zone.rescdn.io", "a=1"],
    ["a=1; Domain=escdn.io", "a=1"],
    ["a=1; Domain", "a=1"],
    ["a=1; Domain=", "a=1"],
    ["a=1; Domain=a; domain=b", "a=1"],
    ["domain=1; Path=/", "domain=1; Path=/"],
    ["a=1; Domains=x", "a=1; Domains=x"],
  ])("gives %s as %s, to this host alone", (cookie, own) => {
    expect(set(true, cookie, "b=2")).toEqual([own, "b=2"]);
  });

  it.each([
    "a=1; Path=/; Domain=rescdn.io; Secure",
    "a=1;domain=.rescdn.io",
    "a=1; DOMAIN = RESCDN.localhost ",
    "a=1; Domain=localhost",
    "a=1; Domain=io",
    "a=1; Domain=..rescdn.io",
    "a=1; Domain=rescdn.io.",
    'a=1; Domain="rescdn.io"',
    "a=1;\tDomain\t=\trescdn.io",
    "a=1;;Domain=rescdn.io",
    "a=1; Domain=origin.example; Domain=rescdn.io",
    "a=1; Domain=rescdn.io; Domain=zone.rescdn.io",
  ])("gives none for a domain above the zone's host: %j", (cookie) => {
    expect(set(true, cookie, "b=2")).toEqual(["b=2"]);
  });
});
