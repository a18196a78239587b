import { describe, expect, it } from "vitest";
import {
  type AskedUrl,
  type AskingClient,
  conditionOf,
  holds,
  looksOf,
  ReadUrl,
  settle,
} from "../../../src/edge/policy/condition.ts";
import { normalisePath } from "../../../src/http/uri.ts";
import type { When } from "../../../src/zones/rules/edge-rule.ts";

interface Asked {
  url?: string;
  method?: string;
  scheme?: "http" | "https";
  country?: string | null;
  headers?: Record<string, string>;
}

function urlOf({ url = "https://zone.example/a/b.JPG?v=1" }: Asked): AskedUrl {
  const { pathname, search, hostname } = new URL(url);
  return { path: normalisePath(pathname), search, hostname };
}

function clientOf({ method = "GET", scheme = "https", country = null, headers = {} }: Asked): AskingClient {
  const fields = new Headers(headers);
  return { method, scheme, country, header: (name) => fields.get(name) };
}

const matches = (when: When, asked: Asked) =>
  holds(settle(conditionOf(when), new ReadUrl(urlOf(asked))), clientOf(asked));

describe("a condition", () => {
  it.each<[what: string, when: When, yes: Asked[], no: Asked[]]>([
    ["nothing", {}, [{}, { method: "POST" }], []],
    [
      "path",
      { path: "/a/*.JPG" },
      [{}, { url: "https://z.example/a/%62.JPG" }, { url: "https://z.example/x/../a/b.JPG?x" }],
      [{ url: "https://z.example/A/b.JPG" }, { url: "https://z.example/" }, { url: "https://z.example/?/a/b.JPG" }],
    ],
    [
      "a list of paths",
      { path: ["/x", "/caf%c3%a9/*"] },
      [{ url: "https://z.example/café/1" }, { url: "https://z.example/x" }],
      [{}],
    ],
    [
      "a path as it is typed",
      { path: "/café*" },
      [{ url: "https://z.example/caf%C3%A9" }],
      [{ url: "https://z.example/cafe" }],
    ],
    [
      "extension",
      { extension: ["jpg", "png"] },
      [{}, { url: "https://z.example/a.png" }],
      [{ url: "https://z.example/jpg" }, { url: "https://z.example/a.jpg/b" }],
    ],
    [
      "query, there",
      { query: { v: true } },
      [{}, { url: "https://z.example/?v" }, { url: "https://z.example/?%76=" }],
      [{ url: "https://z.example/?w=v" }, { url: "https://z.example/" }],
    ],
    ["query, not there", { query: { v: false } }, [{ url: "https://z.example/?w" }], [{}]],
    [
      "query, a glob",
      { query: { v: "1*" } },
      [{}, { url: "https://z.example/?v=2&v=10" }],
      [{ url: "https://z.example/?v=21" }, { url: "https://z.example/?v" }, { url: "https://z.example/?V=1" }],
    ],
    [
      "query, a list",
      { query: { v: ["a b", "x"] } },
      [{ url: "https://z.example/?v=a+b" }, { url: "https://z.example/?v=a%20b" }],
      [{}],
    ],
    [
      "query, to the letter",
      { query: { v: { equals: "*" } } },
      [{ url: "https://z.example/?v=*" }, { url: "https://z.example/?v=%2A" }],
      [{}],
    ],
    ["query, several", { query: { v: "1", w: "2" } }, [{ url: "https://z.example/?w=2&v=1" }], [{}]],
    [
      "host",
      { host: ["*.example", "a.test"] },
      [{}, { url: "https://A.TEST./" }],
      [{ url: "https://example/" }, { url: "https://b.test/" }],
    ],
    ["header, there", { header: { "x-a": true } }, [{ headers: { "X-A": "" } }], [{}]],
    ["header, not there", { header: { "x-a": false } }, [{}], [{ headers: { "x-a": "1" } }]],
    [
      "header, a glob in any case",
      { header: { "user-agent": "*Bot*" } },
      [{ headers: { "user-agent": "a BOT/1" } }],
      [{ headers: { "user-agent": "bo t" } }, {}],
    ],
    [
      "header, to the letter",
      { header: { "x-a": { equals: "A*" } } },
      [{ headers: { "x-a": "a*" } }],
      [{ headers: { "x-a": "ab" } }],
    ],
    [
      "country",
      { country: ["DE", "FR"] },
      [{ country: "DE" }],
      [{ country: "US" }, { country: null }, { country: "de" }],
    ],
    ["method", { method: ["POST", "PUT"] }, [{ method: "POST" }], [{}, { method: "post" }]],
    ["scheme", { scheme: "http" }, [{ scheme: "http" }], [{}]],
    ["all", { all: [{ method: "GET" }, { path: "/a/*" }] }, [{}], [{ method: "PUT" }, { url: "https://z.example/b" }]],
    [
      "any",
      { any: [{ method: "PUT" }, { path: "/a/*" }] },
      [{}, { method: "PUT", url: "https://z.example/" }],
      [{ url: "https://z.example/b" }],
    ],
    [
      "none",
      { none: [{ country: "DE" }, { path: "/b" }] },
      [{}, { country: "US" }],
      [{ country: "DE" }, { url: "https://z.example/b" }],
    ],
    [
      "none of all of any",
      { none: [{ all: [{ any: [{ country: "DE" }, { country: "FR" }] }, { method: "GET" }] }] },
      [{}, { country: "DE", method: "PUT" }],
      [{ country: "FR" }],
    ],
    [
      "several at once",
      { path: "/a/*", method: "GET", country: "DE" },
      [{ country: "DE" }],
      [{ country: "DE", method: "PUT" }, {}],
    ],
  ])("on %s", (_, when, yes, no) => {
    for (const asked of yes) expect(matches(when, asked), JSON.stringify(asked)).toBe(true);
    for (const asked of no) expect(matches(when, asked), JSON.stringify(asked)).toBe(false);
  });

  it("is settled by the URL where that decides, and else says what of a client it looks at", () => {
    const left = (when: When) => settle(conditionOf(when), new ReadUrl(urlOf({})));
    expect(left({ path: "/a/*", extension: "jpg" })).toBe(true);
    expect(left({ path: "/b/*", header: { "x-a": true }, country: "DE" })).toBe(false);
    expect(left({ any: [{ path: "/a/*" }, { header: { "x-a": true } }] })).toBe(true);
    expect(left({ none: [{ path: "/a/*" }, { country: "DE" }] })).toBe(false);
    expect(looksOf(left({ path: "/a/*", none: [{ country: "DE" }], any: [{ header: { "x-a": true } }] }))).toEqual([
      { field: "x-a" },
      "country",
    ]);
  });
});
