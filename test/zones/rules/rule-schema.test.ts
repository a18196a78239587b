import { describe, expect, it } from "vitest";
import { fieldProblems } from "../../../src/rest/field-problems.ts";
import { settingsSchema } from "../../../src/zones/settings-schema.ts";

const refused = (settings: unknown) => {
  const { error } = settingsSchema.safeParse(settings);
  return error === undefined ? [] : fieldProblems(error).map(({ field, message }) => `${field}: ${message}`);
};
const rule = (when: unknown, actions: unknown = { cache: "bypass" }) => ({ rules: [{ when, do: actions }] });
const NO = { deny: {} };

describe("rules", () => {
  it.each<[string, object]>([
    ["none", { rules: [] }],
    ["null", { rules: null }],
    ["an action alone", { rules: [{ do: NO }] }],
    ["a name, and that it is off", { rules: [{ name: "staging", enabled: false, when: {}, do: NO }] }],
    [
      "each condition",
      rule({
        path: ["/a/*", "*.pdf"],
        extension: ["jpg", "tar"],
        query: { v: true, w: false, x: "1*", y: ["a", "b"], z: { equals: "*" } },
        header: { "User-Agent": "*bot*", cookie: "*session=*" },
        country: ["de", "FR", "T1"],
        method: ["GET", "HEAD"],
        scheme: "https",
        host: "*.example.com",
        all: [{ any: [{ none: [{ path: "/x" }] }] }],
      }),
    ],
    [
      "each action",
      rule(
        { path: "/a/*/b*" },
        {
          redirect: { to: "https://www.example.com/$2?x=$1#top", status: 308, query: "drop" },
          edge_ttl: 0,
          browser_ttl: 31_536_000,
          cache: "bypass",
          query: { except: ["utm_*"] },
          request_headers: { authorization: "Basic YTpi", cookie: null },
          response_headers: { "x-frame-options": "DENY", server: null },
          origin: "https://other.example.com",
          signature: "required",
          download: "report.pdf",
        },
      ),
    ],
    ["a denial", rule({}, { deny: { status: 451, text: "not here" } })],
  ])("take %s", (_, settings) => {
    expect(refused(settings)).toEqual([]);
  });

  it.each<[settings: object, reasons: string[]]>([
    [{ rules: {} }, ["rules: must be a list"]],
    [{ rules: [null] }, ["rules.0: must be an object"]],
    [{ rules: [{}] }, ["rules.0.do: is required"]],
    [{ rules: [{ do: {} }] }, ["rules.0.do: must have an action"]],
    [{ rules: [{ do: NO, colour: 1 }] }, ["rules.0.colour: is not a known name"]],
    [{ rules: [{ name: "", do: NO }] }, ["rules.0.name: must not be empty"]],
    [{ rules: [{ do: { ...NO, redirect: { to: "/" } } }] }, ["rules.0.do.deny: cannot be combined with redirect"]],
    [
      { rules: [{ do: { deny: { status: 200 } } }] },
      [expect.stringMatching(/^rules\.0\.do\.deny\.status: must be 400, .* or 503$/)],
    ],
    [{ rules: [{ do: { deny: { text: "a\nb" } } }] }, ["rules.0.do.deny.text: must have no control characters"]],
    [rule({ path: "old" }), ["rules.0.when.path: must begin with / or *"]],
    [
      rule({ path: "/a?b" }),
      ["rules.0.when.path: must be the path alone, without ? and #: for the query there is `query`"],
    ],
    [rule({ path: "/a/../b" }), ["rules.0.when.path: must have no dot segments: paths never have any"]],
    [rule({ path: [] }), ["rules.0.when.path: must not be empty"]],
    [rule({ path: 5 }), [expect.stringMatching(/^rules\.0\.when\.path: must be a path/)]],
    [rule({ extension: ".JPG" }), [expect.stringMatching(/^rules\.0\.when\.extension: must be an extension/)]],
    [rule({ country: "Germany" }), [expect.stringMatching(/^rules\.0\.when\.country: must be a country/)]],
    [rule({ method: "get" }), [expect.stringMatching(/^rules\.0\.when\.method: must be a method/)]],
    [rule({ scheme: "ftp" }), ['rules.0.when.scheme: must be "http" or "https"']],
    [rule({ host: "https://a" }), [expect.stringMatching(/^rules\.0\.when\.host: must be a hostname/)]],
    [rule({ regex: ".*" }), ["rules.0.when.regex: is not a known name"]],
    [rule({ query: { v: 1 } }), [expect.stringMatching(/^rules\.0\.when\.query\.v: must be true/)]],
    [rule({ header: { "a b": true } }), ["rules.0.when.header.a b: is not a valid header name"]],
    [
      rule({ header: { Host: "a" } }),
      ["rules.0.when.header.host: host cannot be compared: the setting origin_host is for that"],
    ],
    [rule({ header: { "X-Forwarded-For": "1*" } }), [expect.stringMatching(/x-forwarded-for cannot be compared: /)]],
    [rule({ any: [] }), ["rules.0.when.any: must not be empty"]],
    [
      rule({ all: [{ all: [{ all: [{ all: [{}] }] }] }] }),
      ["rules.0.when.all.0.all.0.all.0.all: may be nested at most 3 deep in other conditions"],
    ],
    [rule({}, { cache: "off" }), ['rules.0.do.cache: must be "bypass"']],
    [rule({}, { edge_ttl: -1 }), ["rules.0.do.edge_ttl: must be at least 0"]],
    [rule({}, { query: "drop" }), [expect.stringMatching(/^rules\.0\.do\.query: must be "keep"/)]],
    [
      rule({}, { request_headers: { Host: "a" }, response_headers: { "Set-Cookie": "a", "X-A": "a\nb" } }),
      [
        "rules.0.do.request_headers.host: host cannot be set: the setting origin_host is for that",
        "rules.0.do.response_headers.set-cookie: set-cookie cannot be set: a cookie is for one client, and an answer for many",
        "rules.0.do.response_headers.x-a: must be visible ASCII without line ends",
      ],
    ],
    [rule({}, { download: "../x" }), [expect.stringMatching(/^rules\.0\.do\.download: must be a file's name/)]],
    [
      rule({}, { redirect: { to: "/", status: 200 } }),
      ["rules.0.do.redirect.status: must be 301, 302, 303, 307 or 308"],
    ],
    ...(
      [
        ["evil", "must begin with /, https:// or http://"],
        ["//evil.example", "must not begin with //, which would be another host"],
        ["/a b", "must be visible ASCII without spaces: percent-encode the rest"],
        ["/a\r\nb: c", "must be visible ASCII without spaces: percent-encode the rest"],
        ["/\\evil", 'must be a URL: percent-encode \\ < > " ^ ` { | }'],
        ["javascript:alert(1)", "must begin with /, https:// or http://"],
        ["https://$1/", "must have its host in full: $1 can only come after it"],
        ["https://a.example$1/", "must have its host in full: $1 can only come after it"],
        ["https://user@a.example/", "must have no user name or password"],
        ["https://", "must be a URL"],
        ["/$0", "has $0, but the first star of the path is $1"],
      ] as const
    ).map(([to, reason]): [object, string[]] => [
      rule({ path: "/*" }, { redirect: { to } }),
      [`rules.0.do.redirect.to: ${reason}`],
    ]),
    [
      rule({}, { redirect: { to: "/$1" } }),
      ["rules.0.do.redirect.to: names $1, but the condition has no path with a *"],
    ],
    [
      rule({ path: ["/a/*", "/b/*/*"] }, { redirect: { to: "/$2" } }),
      ["rules.0.do.redirect.to: names $2, but the condition has a path with only one *"],
    ],
    [{ rules: Array(101).fill({ do: NO }) }, ["rules: must have at most 100 entries"]],
    [
      {
        rules: Array.from({ length: 6 }, () => ({
          when: { path: Array.from({ length: 100 }, (_, i) => `/${i}*`) },
          do: NO,
        })),
      },
      ["rules: must have at most 500 texts to compare in all their conditions"],
    ],
    [
      { methods: "all", rules: Array(7).fill({ when: { country: "DE" }, do: { edge_ttl: 1 } }) },
      [expect.stringMatching(/^rules: must have at most 6 rules that change what is stored, depending on who asks/)],
    ],
  ])("refuse %j", (settings, reasons) => {
    expect(refused(settings)).toEqual(reasons);
  });
});

describe("the settings of a zone's hosts", () => {
  it.each([
    { https: "redirect", hsts: { max_age: 31_536_000, include_subdomains: true, preload: true } },
    {
      hsts: { max_age: 0 },
      canonical: "https://www.example.com",
      noindex: true,
      robots_txt: "User-agent: *\r\n\tDisallow:",
    },
    {
      error_pages: { "404": "<h1>no</h1>", "5xx": "é" },
      maintenance: { retry_after: 60, allow: ["192.0.2.1", "2001:db8::/32"] },
    },
    { maintenance: {}, error_pages: { "404": null } },
  ])("take %j", (settings) => {
    expect(refused(settings)).toEqual([]);
  });

  it.each<[settings: object, reasons: (string | RegExp)[]]>([
    [{ https: "on" }, ['https: must be "off" or "redirect"']],
    [{ hsts: { max_age: -1, preload: 1 } }, [/^hsts\.max_age: must be at least 0/, /^hsts\.preload: must be true/]],
    [{ canonical: "https://www.example.com/" }, [/^canonical: must be scheme and host alone/]],
    [{ canonical: 'https://a"b' }, [/^canonical: must be/]],
    [{ robots_txt: "\u0000" }, ["robots_txt: must have no control characters"]],
    [{ robots_txt: "x".repeat(4_097) }, ["robots_txt: must have at most 4096 characters"]],
    [
      { error_pages: { "200": "x", "6xx": "y", "404": "" } },
      [/^error_pages\.404: must not be empty/, /^error_pages\.200: must be a status/, /^error_pages\.6xx/],
    ],
    [{ error_pages: { "404": "x".repeat(8_193) } }, ["error_pages.404: must have at most 8192 characters"]],
    [
      { maintenance: { allow: ["192.0.2.300", "::/129"] } },
      [/^maintenance\.allow\.0: must be an address/, /^maintenance\.allow\.1/],
    ],
    [
      { maintenance: { retry_after: -1, page: "x" } },
      [/^maintenance\.retry_after: must be at least 0/, "maintenance.page: is not a known name"],
    ],
  ])("refuse %j", (settings, reasons) => {
    const said = refused(settings);
    for (const reason of reasons)
      expect(said).toContainEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
    expect(said).toHaveLength(reasons.length);
  });
});
