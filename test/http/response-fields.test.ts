import { describe, expect, it } from "vitest";
import { dropHostFields, responseFieldLine } from "../../src/http/response-fields.ts";

/** What clients get of one field of an origin. */
function passed(name: string, value: string): string | null {
  const headers = new Headers({ [name]: value, "x-other": "1" });
  dropHostFields(headers);
  expect(headers.get("x-other")).toBe("1");
  return headers.get(name);
}

describe("dropHostFields()", () => {
  it.each([
    ["Alt-Svc", 'h3="origin.example:443"; ma=86400'],
    ["Alt-Svc", "clear"],
    ["Clear-Site-Data", '"cookies", "storage"'],
    ["Clear-Site-Data", '"*"'],
    ["Public-Key-Pins", 'pin-sha256="aaaa"; max-age=5184000; includeSubDomains'],
    ["Public-Key-Pins-Report-Only", 'max-age=9; PIN-sha256="aaaa"'],
    ["Expect-CT", 'max-age=86400, enforce, report-uri="https://origin.example/ct"'],
    ["NEL", '{"report_to":"a","max_age":2592000,"include_subdomains":true}'],
    ["Report-To", '{"group":"a","max_age":2592000,"endpoints":[]}'],
    ["Service-Worker-Allowed", "/"],
    ["Use-As-Dictionary", 'match="/js/*"'],
    ["Authentication-Info", 'nextnonce="a"'],
    ["Set-Login", "logged-in"],
    ["Secure-Session-Registration", '(ES256);path="/start"'],
    ["Sec-Session-Challenge", '"a"'],
    ["Activate-Storage-Access", "load"],
    ["Access-Control-Allow-Private-Network", "true"],
    ["Access-Control-Allow-Local-Network", "true"],
    ["Private-Network-Access-Name", "origin"],
    ["Attribution-Reporting-Register-Source", "{}"],
    ["Observe-Browsing-Topics", "?1"],
    ["Shared-Storage-Write", "clear"],
    ["Cache-Tag", "a"],
    ["Surrogate-Key", "a b"],
  ])("drops %s: %s", (name, value) => {
    expect(passed(name, value)).toBeNull();
  });

  it.each([
    ["max-age=31536000; includeSubDomains; preload", "max-age=31536000"],
    ["includeSubDomains;max-age=31536000", "max-age=31536000"],
    ['MAX-AGE="600" ; INCLUDESUBDOMAINS', "max-age=600"],
    ["max-age=0", "max-age=0"],
    ["max-age=5; includeSubDomains, max-age=9", "max-age=5"],
    ["includeSubDomains; preload", null],
    ["x-max-age=5", null],
    ["", null],
  ])("takes of Strict-Transport-Security: %s just %s", (value, ours) => {
    expect(passed("strict-transport-security", value)).toBe(ours);
  });

  it.each([
    // Without a quote, or a pin, they say nothing to a browser.
    ["Clear-Site-Data", "cookies"],
    ["Public-Key-Pins", "nothing"],
    ["Accept-CH", "Sec-CH-UA-Model"],
    ["Critical-CH", "Sec-CH-UA-Model"],
    ["Content-Security-Policy", "default-src 'self'"],
    ["Cross-Origin-Opener-Policy", "same-origin"],
    ["Link", "<https://origin.example/a.css>; rel=preload; as=style"],
    ["Link", "<https://origin.example/>; rel=canonical"],
    ["No-Vary-Search", "key-order"],
    ["Origin-Agent-Cluster", "?1"],
    ["Permissions-Policy", "camera=()"],
    ["Proxy-Status", "origin; error=none"],
    ["Reporting-Endpoints", 'a="/reports"'],
    ["Server", "Apache"],
    ["SourceMap", "/a.js.map"],
    ["Speculation-Rules", '"/rules.json"'],
    ["Supports-Loading-Mode", "credentialed-prerender"],
    ["Via", "1.1 origin"],
    ["WWW-Authenticate", 'Basic realm="a"'],
    ["X-Frame-Options", "DENY"],
    ["X-Powered-By", "PHP"],
    ["X-Anything", "a"],
  ])("leaves %s: %s", (name, value) => {
    expect(passed(name, value)).toBe(value);
  });
});

describe("responseFieldLine()", () => {
  it.each([
    ["connection", "ours"],
    ["content-length", "ours"],
    ["set-cookie", "ours"],
    ["alt-svc", "dropped"],
    ["location", "mended"],
    ["link", "kept"],
  ])("of %s says that it is %s, and why", (name, rule) => {
    expect(responseFieldLine(name)).toEqual({ rule, why: expect.stringMatching(/^[a-z].+[^.]$/) });
  });

  it("of any other says nothing", () => {
    expect(responseFieldLine("x-anything")).toBeNull();
  });
});
