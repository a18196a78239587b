import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { languageVariantKey, preferredLanguage, variantKey, varyFields } from "../../src/http/vary.ts";

/** Field names in order. */
const names = (count: number) => Array.from({ length: count }, (_, at) => `field-${at + 10}`);
const vary = (value: string) => varyFields(new Headers({ vary: value }));

describe("varyFields() reads", () => {
  it("no fields where there is no Vary", () => {
    expect(varyFields(new Headers())).toEqual([]);
  });

  it.each<[string, "*" | string[]]>([
    ["", []],
    ["Foo", ["foo"]],
    ["Foo, Bar,, foo", ["bar", "foo"]],
    ["*", "*"],
    ["*, *", "*"],
    [", *", "*"],
    ["*, Foo", "*"],
    ["Foo, *", "*"],
    ["Foo Bar", "*"],
    ["Foo;q=1", "*"],
    ['"Foo"', "*"],
    [names(32).join(), names(32)],
    [`${names(32).join()}, field-10`, names(32)],
    [names(33).join(), "*"],
  ])("%j", (value, fields) => {
    expect(vary(value)).toEqual(fields);
  });

  it("several lines as one", () => {
    expect(
      varyFields(
        new Headers([
          ["vary", ""],
          ["vary", "*"],
        ]),
      ),
    ).toBe("*");
    expect(
      varyFields(
        new Headers([
          ["vary", "b"],
          ["vary", "a"],
        ]),
      ),
    ).toEqual(["a", "b"]);
  });
});

type Lines = Record<string, string> | [string, string][];

const sameVariant = (fields: string[], a: Lines, b: Lines) =>
  variantKey(fields, new Headers(a)) === variantKey(fields, new Headers(b));

describe("variantKey() finds the same variant for", () => {
  it.each<[string, string, Lines, Lines]>([
    ["the same value", "foo", { foo: "1" }, { foo: "1" }],
    ["a field that both omit", "foo", { bar: "1" }, { bar: "2" }],
    [
      "combined lines",
      "foo",
      { foo: "1, 2" },
      [
        ["foo", "1"],
        ["foo", "2"],
      ],
    ],
    ["other spacing", "foo", { foo: "1,2" }, { foo: " 1, 2 " }],
    ["languages in another order", "accept-language", { "accept-language": "en, de" }, { "accept-language": "de, en" }],
    ["languages in another case", "accept-language", { "accept-language": "en, de" }, { "accept-language": "eN, De" }],
    ["languages spaced out", "accept-language", { "accept-language": "en, de" }, { "accept-language": " en ,   de" }],
    ["a weight of 1", "accept-language", { "accept-language": "en" }, { "accept-language": "en;q=1.0" }],
    ["weights spelled otherwise", "accept", { accept: "a/b;q=0.5" }, { accept: "A/B ; Q=0.500" }],
    [
      "codings in another order",
      "accept-encoding",
      { "accept-encoding": "gzip,br" },
      { "accept-encoding": "br, gzip" },
    ],
  ])("%s", (_, field, a, b) => {
    expect(sameVariant([field], a, b)).toBe(true);
  });
});

describe("variantKey() tells apart", () => {
  it.each<[string, string[], Lines, Lines]>([
    ["another value", ["foo"], { foo: "1" }, { foo: "2" }],
    ["another order of an unknown field", ["foo"], { foo: "1, 2" }, { foo: "2, 1" }],
    ["another case of an unknown field", ["foo"], { foo: "a" }, { foo: "A" }],
    ["an omitted field", ["foo"], { foo: "1" }, {}],
    ["an empty field and an omitted one", ["foo"], { foo: "" }, {}],
    ["one of two fields", ["bar", "foo"], { foo: "1", bar: "abc" }, { foo: "2", bar: "abc" }],
    ["values that changed places", ["bar", "foo"], { foo: "1", bar: "2" }, { foo: "2", bar: "1" }],
    ["a value that spells the next field", ["bar", "foo"], { bar: "1", foo: "2" }, { bar: "1 foo:2" }],
    ["spaces in a quoted string", ["foo"], { foo: '"a, b"' }, { foo: '"a,b"' }],
    ["spaces in a cookie", ["cookie"], { cookie: "a=b, c" }, { cookie: "a=b,c" }],
    ["weights", ["accept-language"], { "accept-language": "en;q=0.5, de" }, { "accept-language": "en, de" }],
    ["a weight of 0", ["accept-encoding"], { "accept-encoding": "br;q=0" }, { "accept-encoding": "br" }],
    ["weights that cannot be read", ["accept"], { accept: "a/b;q=x" }, { accept: "a/b;q=y" }],
    ["parameters", ["accept"], { accept: "a/b;level=1" }, { accept: "a/b;level=2" }],
    // An origin may choke on what says nothing, or the same again.
    ["empty members", ["foo"], { foo: "1,2" }, { foo: "1,,2," }],
    ["a repeated member", ["accept-encoding"], { "accept-encoding": "gzip" }, { "accept-encoding": "gzip, gzip" }],
    ["spellings of a long value", ["foo"], { foo: `${"a".repeat(300)},b` }, { foo: `${"a".repeat(300)}, b` }],
  ])("%s", (_, fields, a, b) => {
    expect(sameVariant(fields, a, b)).toBe(false);
  });

  it("any two requests that differ in members of an unknown field", () => {
    const members = fc.array(fc.string({ unit: fc.constantFrom("a", "b", ":", "=", ";"), minLength: 1 }));
    fc.assert(
      fc.property(members, members, members, members, (a, b, c, d) => {
        const first = { bar: a.join(", "), foo: b.join(", ") };
        const second = { bar: c.join(", "), foo: d.join(", ") };
        expect(sameVariant(["bar", "foo"], first, second)).toBe(first.bar === second.bar && first.foo === second.foo);
      }),
    );
  });
});

describe("preferredLanguage() is", () => {
  it.each([
    [null, null],
    ["", null],
    ["de", "de"],
    ["fr;q=0.5, DE;q=1.0", "de"],
    ["en, de", null],
    ["en, EN", "en"],
    ["en;q=0.5, de;q=0.5, fr;q=0.7", "fr"],
    ["fr;q=0.7, en;q=0.5, de;q=0.5", "fr"],
    ["*", null],
    ["*, de;q=0.5", null],
    ["de;q=0", null],
    ["de;q=x, en;q=0.1", null],
  ])("of %j: %j", (acceptLanguage, language) => {
    expect(preferredLanguage(acceptLanguage)).toBe(language);
  });
});

describe("languageVariantKey()", () => {
  const fields = ["accept-language", "foo"];
  const asked = (language: string) => variantKey(fields, new Headers({ "accept-language": language, foo: "1" }));

  it("is the same for all who end up with that language, and like no request's own key", () => {
    const key = languageVariantKey(asked("fr;q=0.5, de;q=1.0"), "DE");
    expect(key).toBe(languageVariantKey(asked("en, de"), "de"));
    expect(key).not.toBe(languageVariantKey(asked("en, de"), "fr"));
    expect(key).not.toBe(asked("de"));
  });

  it("keeps what else the variant depends on", () => {
    const other = variantKey(fields, new Headers({ "accept-language": "de", foo: "2" }));
    expect(languageVariantKey(other, "de")).not.toBe(languageVariantKey(asked("de"), "de"));
  });

  it("does not exist for responses that do not vary on language", () => {
    expect(languageVariantKey(variantKey(["foo"], new Headers({ foo: "1" })), "de")).toBeNull();
  });
});
