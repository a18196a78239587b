import { describe, expect, it } from "vitest";
import { type AnsweredRequest, type NotStorable, storable, storableHeaders } from "../../src/http/storable.ts";

const cached = { lifetime: 3600, source: "max-age" } as const;
const unsaid = { lifetime: 0, source: "none" } as const;

interface Case extends Partial<Omit<AnsweredRequest, "headers" | "requestHeaders">> {
  request?: Record<string, string>;
  response?: Record<string, string>;
}

function verdict({ request = {}, response = {}, ...rest }: Case) {
  const requestHeaders = new Headers(request);
  const result = storable({
    method: "GET",
    status: 200,
    ...cached,
    ...rest,
    requestHeaders,
    headers: new Headers(response),
  });
  return result.store ? "stored" : result.reason;
}

describe("storable() stores", () => {
  it.each<[string, Case]>([
    ["a fresh response", {}],
    ["any final status with a lifetime", { status: 299 }],
    ["an error with a lifetime", { status: 503 }],
    ["a redirect with a lifetime", { status: 302 }],
    ["an explicit lifetime of 0 with a validator", { lifetime: 0, response: { etag: '"a"' } }],
    ["no freshness with a validator", { ...unsaid, response: { "last-modified": "Wed, 01 Jan 2020 00:00:00 GMT" } }],
    ["no-cache with a validator", { response: { "cache-control": "no-cache", etag: '"a"' } }],
    ["no-cache limited to fields", { response: { "cache-control": 'max-age=3600, no-cache="a"' } }],
    ["private limited to fields", { response: { "cache-control": 'max-age=3600, private="a"' } }],
    ["what may be served stale", { lifetime: 0, response: { "cache-control": "max-age=0, stale-while-revalidate=9" } }],
    ["public for an Authorization", authorized("max-age=3600, public")],
    ["must-revalidate for an Authorization", authorized("max-age=3600, must-revalidate")],
    ["s-maxage for an Authorization", authorized("s-maxage=3600")],
    [
      "a public CDN-Cache-Control for an Authorization",
      { request: { authorization: "x" }, response: { "cdn-cache-control": "public, max-age=9" } },
    ],
    ["a fresh CDN-Cache-Control over no-store", over("max-age=10000", "no-store")],
    [
      "no-store with must-understand and a known status",
      { response: { "cache-control": "no-store, must-understand" } },
    ],
    [
      "a public response of any status",
      { status: 599, ...unsaid, response: { "cache-control": "public", etag: '"a"' } },
    ],
    ["a part", { status: 206, response: { "content-range": "bytes 4-9/10" } }],
    ["a response with Set-Cookie", { response: { "set-cookie": "a=b" } }],
    ["a variant", { response: { vary: "accept-encoding" } }],
    [
      "an answer to POST that names its target",
      { method: "POST", url: new URL("https://a.example/x"), response: { "content-location": "/x" } },
    ],
  ])("%s", (_, exchange) => {
    expect(verdict(exchange)).toBe("stored");
  });
});

describe("storable() refuses", () => {
  const url = new URL("https://a.example/x");

  it.each<[NotStorable, string, Case]>([
    ["method", "HEAD", { method: "HEAD" }],
    ["method", "POST", { method: "POST", url }],
    ["method", "POST with another Content-Location", post({ "content-location": "/y" })],
    ["method", "POST with a broken Content-Location", post({ "content-location": "http://[" })],
    ["method", "POST with a lifetime of the zone", { ...post({ "content-location": "/x" }), source: "policy" }],
    ["method", "PUT", { method: "PUT", response: { "content-location": "/x" }, url }],
    ["status", "an interim response", { status: 103 }],
    ["status", "a 304", { status: 304 }],
    ["status", "a 412", { status: 412 }],
    ["status", "a 416", { status: 416 }],
    ["status", "a 302 without freshness", { status: 302, ...unsaid, response: { etag: '"a"' } }],
    ["status", "a 500 without freshness", { status: 500, ...unsaid, response: { etag: '"a"' } }],
    ["request-no-store", "for a request with no-store", { request: { "cache-control": "no-store" } }],
    ["no-store", "no-store", { response: { "cache-control": "max-age=10000, no-store" } }],
    ["no-store", "a targeted no-store", over("no-store", "max-age=10000")],
    ["no-store", "no-store under a broken CDN-Cache-Control", over('max-age="10000"', "no-store")],
    [
      "must-understand",
      "must-understand of an unknown status",
      {
        status: 599,
        response: { "cache-control": "max-age=3600, must-understand" },
      },
    ],
    ["private", "private", { response: { "cache-control": "private, max-age=3600" } }],
    ["private", "a targeted private", over("private", "max-age=10000")],
    ["authorization", "for an Authorization", authorized("max-age=3600")],
    [
      "authorization",
      "for an Authorization by directives that do not count",
      {
        request: { authorization: "x" },
        response: { "cache-control": "public", "cdn-cache-control": "max-age=9" },
      },
    ],
    ["vary-star", "Vary: *", { response: { vary: "a, *", etag: '"a"' } }],
    ["vary-star", "an unreadable Vary", { response: { vary: "a b" } }],
    ["partial", "a part of unknown place", { status: 206 }],
    ["partial", "several parts", { status: 206, response: { "content-type": "multipart/byteranges; boundary=x" } }],
    ["no-cache", "no-cache without validator", { response: { "cache-control": "max-age=10000, no-cache" } }],
    ["no-freshness", "no freshness without validator", unsaid],
    ["no-freshness", "a lifetime of 0 without validator", { lifetime: 0 }],
    ["no-freshness", "a negative TTL of 0", { status: 404, lifetime: 0, source: "negative" }],
  ])("%s: %s", (reason, _, exchange) => {
    expect(verdict(exchange)).toBe(reason);
  });

  function post(response: Record<string, string>): Case {
    return { method: "POST", url, response };
  }
});

function authorized(cacheControl: string): Case {
  return { request: { authorization: "x" }, response: { "cache-control": cacheControl } };
}

function over(targeted: string, cacheControl: string): Case {
  return { response: { "cdn-cache-control": targeted, "cache-control": cacheControl } };
}

describe("storableHeaders()", () => {
  it("leaves out hop-by-hop fields and those that no-cache and private name", () => {
    const headers = new Headers({
      "cache-control": 'max-age=9, no-cache="a", private="B, c"',
      connection: "d",
      a: "1",
      b: "2",
      c: "3",
      d: "4",
      e: "5",
    });
    expect([...storableHeaders(headers).keys()]).toEqual(["cache-control", "e"]);
  });

  it("leaves nothing out for an unlimited no-cache", () => {
    expect([...storableHeaders(new Headers({ "cache-control": "no-cache", a: "1" })).keys()]).toHaveLength(2);
  });
});
