import fc from "fast-check";
import Negotiator from "negotiator";
import { describe, expect, it } from "vitest";
import { acceptsCodings, type Coding, preferredCoding } from "../../src/http/accept-encoding.ts";

const all: Coding[] = ["br", "zstd", "gzip", "identity"];

describe("preferredCoding() of br, zstd, gzip, identity for", () => {
  it.each<[string | null, Coding | null]>([
    [null, "identity"],
    ["", "identity"],
    ["gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["gzip;q=0.5, br;q=0.4", "gzip"],
    ["gzip;q=0.1", "gzip"],
    ["gzip;q=0.5, identity", "identity"],
    ["identity;q=0.5, gzip;q=0.4", "identity"],
    ["*", "br"],
    ["*;q=0.5, gzip;q=0.6", "gzip"],
    ["br;q=0, *", "zstd"],
    ["br;q=0", "identity"],
    ["deflate", "identity"],
    ["gzip;q=0, identity;q=0", null],
    ["*;q=0", null],
    ["*;q=0, gzip", "gzip"],
    ["*;q=0, identity", "identity"],
    ["gzip;q=x", "identity"],
    ["gzip;q=1.5", "identity"],
    ["gzip;q=-1", "identity"],
    ["gzip ; q=0.5 ; x=1", "identity"],
    ["gzip;q=0, gzip", "identity"],
    ['"gzip"', "identity"],
  ])("%j: %j", (acceptEncoding, coding) => {
    expect(preferredCoding(acceptEncoding, all)).toBe(coding);
  });
});

describe("preferredCoding()", () => {
  it("breaks ties in the order of what is available", () => {
    expect(preferredCoding("br, gzip", ["gzip", "br"])).toBe("gzip");
    expect(preferredCoding("*", ["identity", "br"])).toBe("identity");
  });

  it("is null where nothing acceptable is available", () => {
    expect(preferredCoding("gzip", ["br"])).toBeNull();
    expect(preferredCoding("gzip", [])).toBeNull();
  });

  it("agrees with negotiator", () => {
    const member = fc.tuple(
      fc.constantFrom("br", "gzip", "zstd", "identity", "deflate", "*"),
      fc.constantFrom("", ";q=1", ";q=0.5", ";q=0.25", ";q=0"),
    );
    // Where one coding is named twice, negotiator takes the last and we the first.
    const members = fc.uniqueArray(member, { selector: ([coding]) => coding, minLength: 1 });
    fc.assert(
      fc.property(members, fc.shuffledSubarray(all, { minLength: 1 }), (list, available) => {
        const header = list.map((parts) => parts.join("")).join(", ");
        expect(preferredCoding(header, available)).toBe(oracle(header, available));
      }),
    );
  });

  /** What negotiator says, with identity behind all that the client named: it gives it the lowest weight named. */
  function oracle(header: string, available: Coding[]): Coding | null {
    const accepted = new Negotiator({ headers: { "accept-encoding": header } });
    const named = /identity|\*/.test(header);
    const preferred = named ? available : [...available.filter((coding) => coding !== "identity"), "identity"];
    return (accepted.encodings(available, { preferred })[0] as Coding | undefined) ?? null;
  }
});

describe("acceptsCodings()", () => {
  it.each<[string | null, string[], boolean]>([
    [null, [], true],
    [null, ["gzip"], false],
    ["", ["gzip"], false],
    ["gzip", ["gzip"], true],
    ["x-gzip", ["gzip"], true],
    ["gzip", ["x-gzip"], true],
    ["gzip;q=0, *", ["gzip"], false],
    ["*", ["zstd"], true],
    ["gzip", ["gzip", "br"], false],
    ["br, gzip", ["gzip", "br"], true],
    ["identity", ["br"], false],
  ])("of %j and %j is %j", (accepted, codings, verdict) => {
    expect(acceptsCodings(accepted, codings)).toBe(verdict);
  });
});
