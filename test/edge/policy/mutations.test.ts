import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clients } from "../../../src/edge/policy/clients.ts";
import { presentedBy } from "../../../src/edge/policy/presented.ts";
import { refusalOfSignature } from "../../../src/edge/policy/signature.ts";
import { normalisePath } from "../../../src/http/uri.ts";
import { hmacOf } from "../../../src/signed-urls/message.ts";
import { type Grant, signUrl } from "../../../src/signed-urls/sign-url.ts";
import { anyText } from "../../support/any-text.ts";

const NOW = Date.UTC(2026, 10, 28);
const EXPIRES = NOW / 1000 + 3600;
const KEY = { id: "sign_1", key: "a signing key" };
const HOST = "https://zone.example";

const clients: Clients = {
  addressOf: () => "192.0.2.7",
  countryOf: () => "DE",
  asnOf: () => null,
} as unknown as Clients;

const request = new Request(HOST);

/** A URL as the edge reads it. */
function read(text: string) {
  const route = { url: new URL(text), surface: { kind: "unknown" as const }, target: null };
  return presentedBy(route);
}

function refusal(text: string) {
  return refusalOfSignature(read(text).token, [KEY], request, clients, NOW);
}

/** What a URL asks for once its token is off: path and parameters. */
function asked(text: string) {
  const { url } = read(text).route;
  return { path: normalisePath(url.pathname), parameters: [...url.searchParams].sort() };
}

const sign = (path: string, grant: Partial<Grant> = {}) =>
  signUrl(HOST + path, { key: KEY.key, expires: EXPIRES, ...grant });

/** Signed URLs of all kinds. */
const SIGNED: readonly [name: string, url: string][] = [
  ["of a path", sign("/films/a.mp4")],
  ["with parameters", sign("/films/a.mp4?width=10&b=%C3%A4+x&c")],
  ["with an encoded path", sign("/films/a%20b%2Fc;d//e.mp4?x=1")],
  ["for a prefix", sign("/films/a/b.mp4?x=1", { tokenPath: "/films/a/" })],
  ["in its path", sign("/films/a.mp4?x=1", { form: "path" })],
  ["for a prefix, in its path", sign("/films/a/b.mp4", { form: "path", tokenPath: "/films/" })],
  ["for some countries", sign("/films/a.mp4", { countries: ["DE", "FR"] })],
  ["for all countries but some", sign("/films/a.mp4", { blockedCountries: ["US"], limit: 10 })],
  ["for an address", sign("/films/a.mp4?x=1", { address: "192.0.2.7" })],
  ["that ignores parameters", sign("/films/a.mp4", { ignoreParams: true })],
];

/** What a URL restricts itself to. It is read here in another way than the product does: as a query, in whatever form it is. */
function restrictions(text: string) {
  const { pathname, search } = new URL(text);
  const [segment = ""] = pathname.startsWith("/bcdn_token=") ? pathname.slice(1).split("/", 1) : [];
  const all = new URLSearchParams(`${segment}&${search.slice(1)}`);
  const token = all.get("bcdn_token") ?? all.get("token");
  return {
    expires: all.getAll("expires"),
    prefix: all.getAll("token_path"),
    ignores: all.getAll("token_ignore_params"),
    others: ["token_countries", "token_countries_blocked", "limit"].map((name) => all.getAll(name)),
    isLocked: token?.startsWith("HS256-1-"),
  };
}

/** Fails where a changed URL is taken that grants something else than the one it was made of. */
function expectSameGrantOrRefusal(changed: string, original: string): void {
  if (!URL.canParse(changed) || refusal(changed) !== null) return;
  expect(restrictions(changed), changed).toEqual(restrictions(original));
  const {
    prefix: [prefix],
    ignores,
  } = restrictions(original);
  const [before, after] = [asked(original), asked(changed)];
  if (prefix === undefined) expect(after.path, changed).toBe(before.path);
  else expectBelow(after.path, prefix, changed);
  if (ignores.length === 0) expect(after.parameters, changed).toEqual(before.parameters);
}

/** Below a prefix for whoever reads the path: a server that decodes it, twice even, and one that drops parameters of segments. */
function expectBelow(path: string, prefix: string, changed: string): void {
  const decode = (text: string) =>
    text.replace(/%2e/gi, ".").replace(/%2f/gi, "/").replace(/%5c/gi, "\\").replace(/%3b/gi, ";");
  const once = decode(path);
  for (const decoded of [path, once, decode(once.replaceAll("%25", "%"))]) {
    const plain = decoded.replaceAll("\\", "/").replace(/;[^/]*/g, "");
    expect(new URL(HOST + plain).pathname.startsWith(prefix), changed).toBe(true);
  }
}

const CHARACTERS = ["0", "9", "a", "Z", "/", ".", "%", "&", "=", "?", "#", ";", "+", "%2f"];

describe("a signed URL", () => {
  it.each(SIGNED)("%s is taken as it is", (_, url) => {
    expect(refusal(url)).toBe(null);
  });

  it.each(SIGNED)("%s grants nothing else with any byte changed, added or left out", (_, url) => {
    let taken = 0;
    for (let at = HOST.length + 1; at <= url.length; at++) {
      const changes = CHARACTERS.flatMap((char) => [
        url.slice(0, at) + char + url.slice(at + 1),
        url.slice(0, at) + char + url.slice(at),
      ]);
      for (const changed of [...changes, url.slice(0, at) + url.slice(at + 1)]) {
        expectSameGrantOrRefusal(changed, url);
        if (refusal(changed) === null) taken++;
      }
    }
    // Not every change is one: `%2F` is `%2f`.
    expect(taken).toBeGreaterThan(0);
  });

  it.each(SIGNED)(
    "%s grants nothing else with parameters added, left out, doubled, reordered or encoded anew",
    (_, url) => {
      const at = url.indexOf("?");
      const [path, parts] = at === -1 ? [url, []] : [url.slice(0, at), url.slice(at + 1).split("&")];
      const added = ["x=2", "token_path=/", "token_path=%2F", "expires=1999999999", "token_countries=DE", "limit=9"];
      const more = [
        "token_ignore_params=true",
        "token_countries_blocked=",
        "1=2",
        "%26=1",
        "a%3Db=1",
        "a=%26",
        "token=x",
        "=",
      ];
      const encodedAnew = (text: string) =>
        text.replace(/[A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
      const lists = [
        ...[...added, ...more].flatMap((one) => [
          [...parts, one],
          [one, ...parts],
        ]),
        ...parts.map((_, index) => parts.filter((__, other) => other !== index)),
        ...parts.map((one) => [...parts, one]),
        ...parts.map((one, index) => parts.toSpliced(index, 1, encodedAnew(one))),
        ...parts.map((one, index) => parts.toSpliced(index, 1, one.split("=").map(encodedAnew).join("="))),
        parts.toReversed(),
      ];
      for (const list of lists) expectSameGrantOrRefusal(`${path}?${list.join("&")}`, url);
      // In the other place for a token.
      for (const one of [...added, ...more])
        expectSameGrantOrRefusal(url.replace("bcdn_token=", `bcdn_token=${one}&`), url);
    },
  );

  it.each(SIGNED)("%s grants nothing else by a trick of the path", (_, url) => {
    const tricks = [
      "/..",
      "/../..",
      "/%2e%2e",
      "/..%2f",
      "/.%2e/",
      "//",
      "/;",
      "/..;/",
      "/%2e%2e;x/",
      "/%252e%252e%252f",
      "%2f..%2f",
      "\\..\\",
      "/./",
      "%5c..%5c",
      "/%c0%ae%c0%ae/",
    ];
    const { pathname } = new URL(url);
    for (let at = 1; at <= pathname.length; at++)
      for (const trick of tricks)
        for (const rest of [pathname.slice(at), "/secret"])
          expectSameGrantOrRefusal(url.replace(pathname, pathname.slice(0, at) + trick + rest), url);
  });

  it("is taken in whichever of both spellings of its path was signed, and for no third one", () => {
    for (const [url, signed] of [
      ["/a%20b", "/a b"],
      ["/%C3%A4", "/ä"],
      ["/a%7Eb", "/a~b"],
    ] as const) {
      const token = new URL(signUrl(`${HOST}/x`, { key: KEY.key, expires: EXPIRES, tokenPath: undefined })).search;
      expect(refusal(HOST + url + token)).toBe("signature-wrong");
      for (const spelling of [url, signed]) expect(refusal(HOST + url + queryFor(spelling)), spelling).toBe(null);
    }
    for (const [url, signed] of [
      ["/a%2Fb", "/a/b"],
      ["/a%2Eb", "/a.b"],
      ["/a%3Fb", "/a?b"],
      ["/a%23b", "/a#b"],
      ["/a%25b", "/a%b"],
      ["/a%5Cb", "/a\\b"],
      ["/a%0Ab", "/a\nb"],
      ["/a%C2%85b", "/a\u0085b"],
      ["/a%FFb", "/a\ufffdb"],
    ] as const) {
      expect(refusal(HOST + url + queryFor(url)), url).toBe(null);
      expect(refusal(HOST + url + queryFor(signed)), signed).toBe("signature-wrong");
    }
  });

  it("takes parameters sorted by their bytes and by a language", () => {
    for (const data of ["B=1&a=2", "a=2&B=1"]) {
      expect(refusal(`${HOST}/x?B=1&a=2${queryFor("/x", data).replace("?", "&")}`), data).toBe(null);
    }
    expect(refusal(`${HOST}/x?B=1&a=2&c=3${queryFor("/x", "c=3&a=2&B=1").replace("?", "&")}`)).toBe("signature-wrong");
  });

  it("is what signing made of any path and parameters", () => {
    const name = anyText({ maxLength: 6 }).filter((text) => /^[^0-9]/.test(text) && !/[&=\0-\x1f\x7f]/.test(text));
    const parameters = fc.uniqueArray(
      fc.tuple(
        name,
        anyText().filter((text) => !text.includes("&")),
      ),
      {
        selector: ([key]) => key,
        maxLength: 5,
      },
    );
    const reserved = ["token", "expires", "limit"];
    fc.assert(
      fc.property(
        anyText({ maxLength: 20 }),
        parameters,
        fc.constantFrom("query", "path"),
        fc.boolean(),
        (path, list, form, locked) => {
          fc.pre(!list.some(([key]) => key.startsWith("token_") || reserved.includes(key)));
          const url = new URL(HOST);
          url.pathname = `/${path}`;
          url.search = list.map((pair) => pair.map(encodeURIComponent).join("=")).join("&");
          fc.pre(!url.pathname.startsWith("/bcdn_token="));
          const signed = signUrl(url.href, {
            key: KEY.key,
            expires: EXPIRES,
            form: form as "query" | "path",
            address: locked ? "192.0.2.7" : undefined,
          });
          expect(refusal(signed)).toBe(null);
          expect(asked(signed)).toEqual(asked(url.href));
          expect(read(signed).route.url.href).toBe(url.href);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is what signing made of any prefix of a path", () => {
    // A path with C1 controls is compared only as it is spelled, and here it is spelled otherwise.
    const segment = anyText({ maxLength: 6 }).filter(
      (text) => !/[\\/?#%;&\0-\x1f\x7f-\x9f]/.test(text) && !/^\.{1,2}$/.test(text),
    );
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 3 }), segment, (segments, last) => {
        const tokenPath = `/${segments.join("/")}/`;
        const path = tokenPath + last;
        const url = HOST + path.split("/").map(encodeURIComponent).join("/");
        expect(refusal(signUrl(url, { key: KEY.key, expires: EXPIRES, tokenPath }))).toBe(null);
      }),
      { numRuns: 500 },
    );
  });

  it("never throws, whatever it is made of", () => {
    fc.assert(
      fc.property(anyText({ maxLength: 40 }), anyText({ maxLength: 60 }), (path, query) => {
        for (const text of [
          `/${path}?${query}`,
          `/bcdn_token=${path}?${query}`,
          `/x?token=HS256-${query}&expires=${path}`,
        ]) {
          const url = URL.parse(HOST + text);
          if (url !== null) expect(refusal(url.href)).not.toBe(null);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** The query of a token over a path and data as they are, which no helper would sign. */
function queryFor(path: string, data = ""): string {
  const token = hmacOf(KEY.key, { path, expires: String(EXPIRES), address: null, data });
  return `?token=HS256-${token}&expires=${EXPIRES}`;
}
