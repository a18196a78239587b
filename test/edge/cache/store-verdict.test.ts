import { describe, expect, it } from "vitest";
import { storeVerdict } from "../../../src/edge/cache/store-verdict.ts";
import { toStoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { parseRequestCacheControl } from "../../../src/http/cache-control.ts";
import type { ForwardSettings, ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

interface Case {
  path?: string;
  status?: number;
  said?: Record<string, string>;
  asked?: Record<string, string>;
  forward?: Partial<ForwardSettings>;
  settings?: Partial<ZoneSettings>;
  isPost?: boolean;
  isPage?: boolean;
}

const NOTHING: ForwardSettings = { headers: [], cookies: false, authorization: false };

function verdict(given: Case): string {
  const { path = "/page", status = 200, said = {}, asked = {}, forward = {}, settings = {} } = given;
  const { isPost = false, isPage = false } = given;
  const url = new URL(`https://z.rescdn.io${path}`);
  const zone = zoneDocument({ forward: { ...NOTHING, ...forward }, ...settings });
  const target = targetOf(url, zone);
  const response = new Response(null, { status, headers: said });
  const request = new Headers(asked);
  const answer = { response, requestedAt: 1_800_000_000_000, answeredAt: 1_800_000_000_000, isPage };
  const stored = toStoredResponse(answer, request, target, zone);
  const asking = { request: { headers: request }, directives: parseRequestCacheControl(request) };
  const { store, ...no } = storeVerdict(answer, stored, asking, target, zone, isPost ? url : null);
  return store ? "stored" : Object.values(no).join(", ");
}

const minute = { "cache-control": "max-age=60" };
const etag = { etag: '"1"' };
const shared = { "cache-control": "public, max-age=60" };
const part = { "content-range": "bytes 0-1/9" };
const video = { "content-type": "video/mp4" };
const MISMATCH = "type-mismatch";
const cookies = { cookies: true };

describe("storeVerdict() on the type that a path promises", () => {
  it.each<[string, Case, string]>([
    ["a stylesheet that is one", { path: "/a.css", said: { "content-type": "text/css" } }, "stored"],
    ["one without a type", { path: "/a.css" }, "stored"],
    ["a page in its place", { path: "/a.css", said: { "content-type": "text/html" } }, "type-mismatch"],
    ["the same by any 2xx", { path: "/a.css", status: 203, said: { "content-type": "text/html" } }, "type-mismatch"],
    ["a 206 of it", { path: "/a.css", status: 206, said: { "content-type": "text/html" } }, "type-mismatch"],
    [
      "an error page, which is no stylesheet",
      { path: "/a.css", status: 404, said: { "content-type": "text/html" } },
      "stored",
    ],
    ["a redirect with a page", { path: "/a.css", status: 301, said: { "content-type": "text/html" } }, "stored"],
    ["a page where the path promises nothing", { said: { ...minute, "content-type": "text/html" } }, "stored"],
    ["a page that the origin shares", { path: "/a.css", said: { ...shared, "content-type": "text/html" } }, MISMATCH],
    ["a page without a type", { path: "/a.css", said: shared, isPage: true }, MISMATCH],
    ["a page in XHTML", { path: "/a.mp4", said: { "content-type": "Application/XHTML+XML" } }, MISMATCH],
    ["a page by the last of two types", { path: "/a.js", said: { "content-type": "text/css, text/html" } }, MISMATCH],
    [
      "a script by the last of two",
      { path: "/a.js", said: { "content-type": "text/html, text/javascript" } },
      "stored",
    ],
    ["a script under a style's name", { path: "/a.css", said: { "content-type": "text/javascript" } }, "stored"],
    ["a video under an image's", { path: "/a.gif", said: { "content-type": "video/mp4" } }, "stored"],
    ["TypeScript", { path: "/a.ts", said: { ...minute, "content-type": "application/typescript" } }, "stored"],
    ["the whole video", { path: "/a.mp4", said: { "content-type": "application/mp4" } }, "stored"],
    ["a part of a whole without a type", { path: "/a.mp4", status: 206, said: part }, "partial"],
    ["a part of one that has one", { path: "/a.mp4", status: 206, said: { ...part, ...video } }, "partial, true"],
  ])("%s: %j is %s", (_title, given, expected) => {
    expect(verdict(given)).toBe(expected);
  });
});

describe("storeVerdict() on JSON under the name of a script", () => {
  it.each<[Record<string, string>, string]>([
    [{}, MISMATCH],
    [etag, MISMATCH],
    [{ "cache-control": "max-age=60" }, MISMATCH],
    [{ "cache-control": "public" }, MISMATCH],
    [{ "cache-control": "public, max-age=0" }, MISMATCH],
    [{ "cache-control": "s-maxage=0, public, max-age=60" }, MISMATCH],
    [{ expires: "Sat, 01 Jan 2101 00:00:00 GMT" }, MISMATCH],
    [{ "cdn-cache-control": "public", "cache-control": "public, max-age=60" }, MISMATCH],
    [{ "cache-control": "public, max-age=60" }, "stored"],
    [{ "cache-control": "s-maxage=60" }, "stored"],
    [{ "cdn-cache-control": "max-age=60" }, "stored"],
    [{ "surrogate-control": "max-age=60" }, "stored"],
    [{ "cache-control": "s-maxage=60, private" }, "private"],
  ])("with %j: %s", (said, expected) => {
    const json = { "content-type": "application/json; charset=utf-8", ...said };
    expect(verdict({ path: "/a.js", said: json })).toBe(expected);
    expect(verdict({ path: "/a.png", said: json, settings: { ttl_mode: "override" } })).toBe(expected);
  });
});

describe("storeVerdict() in a zone that forwards cookies", () => {
  const sent = { cookie: "session=1" };
  it.each<[string, Case, string]>([
    ["an answer to a request with one", { said: minute, asked: sent }, "cookie"],
    ["to one without", { said: minute }, "stored"],
    ["that is public", { said: { "cache-control": "public, max-age=60" }, asked: sent }, "stored"],
    ["with s-maxage", { said: { "cache-control": "s-maxage=60" }, asked: sent }, "stored"],
    [
      "with s-maxage=0, which speaks to shared caches as well",
      { said: { "cache-control": "s-maxage=0", ...etag }, asked: sent },
      "stored",
    ],
    ["with a field for CDNs", { said: { "cdn-cache-control": "max-age=60" }, asked: sent }, "stored"],
    ["that varies by it", { said: { ...minute, vary: "Cookie" }, asked: sent }, "stored"],
    [
      "that varies by it and has no lifetime but a validator",
      { said: { ...etag, vary: "Cookie" }, asked: sent },
      "stored",
    ],
    ["that varies by something else", { said: { ...minute, vary: "Accept" }, asked: sent }, "cookie"],
    ["that sets one, for as long as it says", { said: { ...minute, "set-cookie": "a=1" } }, "stored"],
    ["that sets one, for as long as the zone says", { path: "/a.css", said: { "set-cookie": "a=1" } }, "set-cookie"],
    [
      "that sets one and is public",
      { path: "/a.css", said: { "set-cookie": "a=1", "cache-control": "public" } },
      "stored",
    ],
    [
      "that sets one under Vary: Cookie, without a lifetime",
      { said: { "set-cookie": "a=1", vary: "Cookie", ...etag } },
      "stored",
    ],
  ])("%s: %j is %s", (_title, given, expected) => {
    expect(verdict({ forward: cookies, ...given })).toBe(expected);
  });

  it("leaves cookies aside where the origin sees none", () => {
    expect(verdict({ said: { ...minute, "set-cookie": "a=1" }, asked: sent })).toBe("stored");
    expect(verdict({ path: "/a.css", said: { "set-cookie": "a=1" }, asked: sent })).toBe("stored");
  });
});

describe("storeVerdict()", () => {
  const credentials = { authorization: "Bearer x" };
  it.each<[string, Case, string]>([
    [
      "credentials that the origin saw",
      { said: minute, asked: credentials, forward: { authorization: true } },
      "authorization",
    ],
    ["credentials that it did not see", { said: minute, asked: credentials }, "stored"],
    [
      "a whole of max_object_bytes",
      { said: { ...minute, "content-length": "9" }, settings: { max_object_bytes: 9 } },
      "stored",
    ],
    ["a byte more", { said: { ...minute, "content-length": "10" }, settings: { max_object_bytes: 9 } }, "too-large"],
    ["no lifetime and no validator", {}, "no-freshness"],
    ["a 205, which has no cache's rules", { status: 205, said: minute }, "stored"],
    ["a client's own no-store", { said: minute, asked: { "cache-control": "no-store" } }, "request-no-store"],
    [
      "private, whatever the zone says",
      { path: "/a.css", said: { "cache-control": "private" }, settings: { ttl_mode: "override" } },
      "private",
    ],
    ["a part", { status: 206, said: { ...minute, "content-range": "bytes 0-1/9" } }, "partial, true"],
    [
      "a part of a variant",
      { status: 206, said: { ...minute, "content-range": "bytes 0-1/9", vary: "Accept" }, forward: { headers: "all" } },
      "partial",
    ],
    ["a part that says not of what", { status: 206, said: minute }, "partial"],
    [
      "a part that is private",
      { status: 206, said: { "cache-control": "private", "content-range": "bytes 0-1/9" } },
      "private",
    ],
    ["the answer to a POST", { isPost: true, said: minute }, "method"],
    ["that says what it represents", { isPost: true, said: { ...minute, "content-location": "/page" } }, "stored"],
    ["that represents something else", { isPost: true, said: { ...minute, "content-location": "/other" } }, "method"],
  ])("%s: %j is %s", (_title, given, expected) => {
    expect(verdict(given)).toBe(expected);
  });
});
