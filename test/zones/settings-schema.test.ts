import { describe, expect, it } from "vitest";
import { fieldProblems } from "../../src/rest/field-problems.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import { settingsSchema } from "../../src/zones/settings-schema.ts";

const refused = (input: unknown) => {
  const { error } = settingsSchema.safeParse(input);
  return error === undefined ? [] : fieldProblems(error).map(({ field, message }) => `${field}: ${message}`);
};

describe("settingsSchema", () => {
  it("takes the defaults as they stand", () => {
    expect(settingsSchema.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
  });

  it.each([
    {},
    { ttl: { css: null, js: 0, media: 31_536_000 } },
    { ttl_by_extension: { woff2: 31_536_000, "7z": 1, mp3: null } },
    { browser_ttl: null },
    { max_heuristic_ttl: 0, heuristic_without_extension: true },
    { query: ["v", "w"] },
    { query: "sort" },
    { forward: { headers: "all" } },
    { forward: { headers: ["accept-language"], cookies: true, authorization: null } },
    { forward: { client_ip: true }, rewrite_redirects: false },
    { origin_headers: { authorization: "Basic YTpi", "x-a": "", "x-b": "a b\tc" } },
    { response_headers: { "access-control-max-age": "60", "content-security-policy": "default-src 'self'; x" } },
    { query: ["utm_*", "v"] },
    { query: { except: ["utm_*", "fbclid"] } },
    { cors: ["https://*.example.com", "https://*.shop.example.com:8443", "http://*.localhost:3000"] },
    { cors: false },
    { cors: ["https://www.example.com", "http://localhost:3000"] },
    { ...Object.fromEntries(Object.keys(DEFAULT_SETTINGS).map((name) => [name, null])) },
  ])("takes %j", (settings) => {
    expect(refused(settings)).toEqual([]);
  });

  it("reads header names in lower case", () => {
    const parsed = settingsSchema.parse({
      forward: { headers: ["Accept-Language"] },
      origin_headers: { "X-A": "1" },
      response_headers: { "Cache-Tag": "a" },
    });
    expect(parsed).toEqual({
      forward: { headers: ["accept-language"] },
      origin_headers: { "x-a": "1" },
      response_headers: { "cache-tag": "a" },
    });
  });

  it.each<[settings: object, reasons: string[]]>([
    [{ colour: "red", ttl_mod: 1 }, ["colour: is not a known name", "ttl_mod: is not a known name"]],
    [{ ttl: { video: 1 } }, [expect.stringMatching(/^ttl.video: is not a type of asset .* ttl_by_extension$/)]],
    [{ timeouts: { total: 1 } }, ["timeouts.total: is not a known name"]],
    [{ ttl: { css: -1 } }, ["ttl.css: must be at least 0"]],
    [{ ttl: { css: 1.5 } }, ["ttl.css: must be a whole number"]],
    [{ ttl: { css: "60" } }, ["ttl.css: must be a whole number"]],
    [{ ttl: { css: 31_536_001 } }, ["ttl.css: must be at most 31536000"]],
    [{ ttl_by_extension: { css: 31_536_001 } }, ["ttl_by_extension.css: must be at most 31536000"]],
    [{ max_heuristic_ttl: 2_592_001 }, ["max_heuristic_ttl: must be at most 2592000"]],
    [
      { ttl_by_extension: { ".css": 1 } },
      ["ttl_by_extension..css: must be an extension in lower case, without the dot"],
    ],
    [{ ttl_by_extension: { CSS: 1 } }, ["ttl_by_extension.CSS: must be an extension in lower case, without the dot"]],
    [{ stale_if_error: 2_592_001 }, ["stale_if_error: must be at most 2592000"]],
    [{ timeouts: { idle_ms: 0 } }, ["timeouts.idle_ms: must be at least 100"]],
    [{ max_object_bytes: 536_870_913 }, ["max_object_bytes: must be at most 536870912"]],
    [{ cors: ["https://www.example.com/"] }, [expect.stringContaining("must be an origin as browsers send it")]],
    [{ cors: ["null"] }, [expect.stringContaining("must be an origin as browsers send it")]],
    [{ cors: true }, ['cors: must be "*", a list of origins, or false']],
    ...["https://*", "https://*.com", "https://www.*.com", "https://*.example.com/", "*.example.com", "*"].map(
      (origin): [object, string[]] => [
        { cors: [origin] },
        [expect.stringContaining("cors.0: must be an origin as browsers send it")],
      ],
    ),
    [{ cors: [1] }, ["cors.0: must be a string"]],
    [
      { query: "none" },
      ['query: must be "keep", "sort", "ignore", a list of parameters, or {"except": a list of parameters}'],
    ],
    [{ query: ["*_id", "a*b"] }, ["query.0: may have * only at its end", "query.1: may have * only at its end"]],
    [{ query: ["*"] }, [expect.stringContaining('for all parameters use "sort"')]],
    [{ query: { except: ["a=1"] } }, ["query.except.0: must be a parameter's name alone, without its value"]],
    [{ query: { only: ["a"] } }, expect.any(Array)],
    [{ ttl_mode: "never" }, ['ttl_mode: must be "respect" or "override"']],
    [{ compression: "yes" }, ["compression: must be true or false"]],
    [{ forward: { headers: "*" } }, ['forward.headers: must be "all" or a list of header names']],
    [
      { origin_headers: { "a b": "x", "x-a": 1, "x-b": "\n" }, ttl: { css: -1 } },
      [
        "ttl.css: must be at least 0",
        "origin_headers.x-a: must be a string",
        "origin_headers.a b: is not a valid header name",
        "origin_headers.x-b: must be visible ASCII without line ends",
      ],
    ],
    [{ forward: { headers: ["cookie"] } }, [expect.stringMatching(/^forward\.headers\.0: \S+ cannot be listed: .+/)]],
    [{ forward: { headers: ["Range"] } }, [expect.stringMatching(/^forward\.headers\.0: \S+ cannot be listed: .+/)]],
    ...["surrogate-capability", "X-Forwarded-For", "Upgrade", "content-type"].map((name): [object, string[]] => [
      { forward: { headers: ["accept", name] } },
      [expect.stringContaining(`forward.headers.1: ${name.toLowerCase()} cannot be listed: `)],
    ]),
    [{ forward: { client_ip: "yes" } }, ["forward.client_ip: must be true or false"]],
    [{ rewrite_redirects: 1 }, ["rewrite_redirects: must be true or false"]],
    [{ forward: { headers: ["a b"] } }, ["forward.headers.0: is not a valid header name"]],
    [{ origin_headers: { "": "x" } }, ["origin_headers.: is not a valid header name"]],
    [{ origin_headers: { "x:y": "x" } }, ["origin_headers.x:y: is not a valid header name"]],
    [{ origin_headers: { x: "a\r\nset-cookie: b" } }, ["origin_headers.x: must be visible ASCII without line ends"]],
    [{ origin_headers: { x: "a\u0000" } }, ["origin_headers.x: must be visible ASCII without line ends"]],
    [{ response_headers: { x: " a" } }, ["response_headers.x: must be visible ASCII without line ends"]],
    ...[
      "Host",
      "Connection",
      "Transfer-Encoding",
      "Content-Length",
      "Proxy-Authorization",
      "Via",
      "CDN-Loop",
      "If-None-Match",
    ].map((name): [object, string[]] => [
      { origin_headers: { [name]: "x" } },
      [expect.stringMatching(`^origin_headers\\.${name.toLowerCase()}: ${name.toLowerCase()} cannot be set: .+`)],
    ]),
    ...["Set-Cookie", "Content-Length", "Content-Type", "Content-Encoding", "Age", "Vary", "Upgrade", "X-Cache"].map(
      (name): [object, string[]] => [
        { response_headers: { [name]: "x" } },
        [expect.stringMatching(`^response_headers\\.${name.toLowerCase()}: ${name.toLowerCase()} cannot be set: .+`)],
      ],
    ),
  ])("refuses %j", (settings, reasons) => {
    expect(refused(settings)).toEqual(reasons);
  });

  it("refuses more names than a zone can have", () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, "1"]));
    expect(refused({ origin_headers: many(50) })).toEqual([]);
    expect(refused({ origin_headers: many(51) })).toEqual(["origin_headers: must have at most 50 names"]);
  });

  it("refuses settings that are too large in all", () => {
    const just = Object.fromEntries(Array.from({ length: 48 }, (_, i) => [`x${i}`, "v".repeat(1_000)]));
    expect(refused({ origin_headers: just })).toEqual([]);
    const large = Object.fromEntries(Array.from({ length: 49 }, (_, i) => [`x${i}`, "v".repeat(1_000)]));
    expect(refused({ origin_headers: large })).toEqual(["body: must have at most 49152 bytes in all, written as JSON"]);
  });
});
