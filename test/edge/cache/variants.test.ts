import { describe, expect, it } from "vitest";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import {
  type Entries,
  findVariant,
  isVaryRecord,
  languageVariantOf,
  PRIMARY,
  placeFor,
  placeOf,
  type VaryRecord,
} from "../../../src/edge/cache/variants.ts";
import { variantOf } from "../../../src/edge/request/forwarded-fields.ts";

const KEY = "zone_1/a.css";

/** Entries in memory. Each body may be told to be let go. */
function newEntries() {
  const held = new Map<string, StoredResponse | VaryRecord>();
  const open = new Set<ReadableStream>();
  const entries: Entries = {
    async read(place) {
      const entry = held.get(place);
      if (entry === undefined) return null;
      const body: ReadableStream = new ReadableStream({ cancel: () => void open.delete(body) });
      open.add(body);
      return { entry, known: null, body };
    },
    async write(place, _key, entry) {
      held.set(place, entry);
    },
  };
  return { entries, held, open };
}

function responseTo(request: Record<string, string>, vary: readonly string[], language?: string): StoredResponse {
  const headers = language === undefined ? [] : [["content-language", language]];
  const variant = variantOf(vary, new Headers(request));
  return { status: 200, vary, variant, headers, bodyId: JSON.stringify(request) } as unknown as StoredResponse;
}

/** Entries that hold these responses, each where it belongs. */
async function holding(...responses: StoredResponse[]) {
  const held = newEntries();
  for (const stored of responses) {
    held.held.set(await placeFor(held.entries, KEY, stored), stored);
    const alias = languageVariantOf(stored);
    if (alias === null) continue;
    const aliased = { ...stored, variant: alias };
    held.held.set(await placeFor(held.entries, KEY, aliased), aliased);
  }
  held.open.clear();
  return held;
}

const TIER = ["x-tier"];
const LANGUAGE = ["accept-language"];

describe("findVariant()", () => {
  it.each<[string, StoredResponse[], Record<string, string>, StoredResponse | "nothing" | "no-variant"]>([
    ["nothing where nothing is", [], {}, "nothing"],
    ["what does not vary, for all", [responseTo({}, [])], { "x-tier": "b" }, responseTo({}, [])],
    [
      "the variant that is asked for",
      [responseTo({ "x-tier": "a" }, TIER), responseTo({ "x-tier": "b" }, TIER)],
      { "x-tier": "a" },
      responseTo({ "x-tier": "a" }, TIER),
    ],
    ["none of the others", [responseTo({ "x-tier": "a" }, TIER)], { "x-tier": "b" }, "no-variant"],
    ["none without the field", [responseTo({ "x-tier": "a" }, TIER)], {}, "no-variant"],
    [
      "the newest Vary's alone",
      [responseTo({ "x-tier": "a" }, TIER), responseTo({ "x-view": "1" }, ["x-view"])],
      { "x-tier": "a" },
      "no-variant",
    ],
    [
      "one in the language that is preferred, however that is said",
      [responseTo({ "accept-language": "de" }, LANGUAGE, "de")],
      { "accept-language": "de, fr;q=0.5" },
      { ...responseTo({ "accept-language": "de" }, LANGUAGE, "de"), variant: expect.any(String) },
    ],
    [
      "none in another language",
      [responseTo({ "accept-language": "de" }, LANGUAGE, "de")],
      { "accept-language": "fr, de;q=0.5" },
      "no-variant",
    ],
  ])("finds %s", async (_title, stored, asked, expected) => {
    const { entries, open } = await holding(...stored);
    const found = await findVariant(entries, KEY, new Headers(asked));
    if (typeof expected === "string") expect(found).toEqual({ kind: expected });
    else expect(found).toMatchObject({ kind: "response", stored: expected });
    expect(open.size, "bodies that are left open").toBe(found.kind === "response" ? 1 : 0);
  });

  it("takes no variant for another whose place is the same", async () => {
    const stored = responseTo({ "x-tier": "a" }, TIER);
    const { entries, held, open } = await holding(stored);
    const place = (await placeOf(entries, KEY, stored))!;
    open.clear();
    held.set(place, responseTo({ "x-tier": "b" }, TIER));
    expect(await findVariant(entries, KEY, new Headers({ "x-tier": "a" }))).toEqual({ kind: "no-variant" });
    expect(open.size).toBe(0);
  });
});

describe("placeFor() and placeOf()", () => {
  it("give what does not vary the resource's own place", async () => {
    const { entries, held } = newEntries();
    const plain = responseTo({}, []);
    expect([await placeFor(entries, KEY, plain), await placeOf(entries, KEY, plain)]).toEqual([PRIMARY, PRIMARY]);
    expect(held.size).toBe(0);
  });

  it("give variants places of one record, and a new one under another Vary", async () => {
    const { entries, held, open } = newEntries();
    const a = responseTo({ "x-tier": "a" }, TIER);
    expect(await placeOf(entries, KEY, a)).toBeNull();
    const first = await placeFor(entries, KEY, a);
    expect(await placeFor(entries, KEY, a)).toBe(first);
    expect(await placeOf(entries, KEY, a)).toBe(first);
    expect(await placeFor(entries, KEY, responseTo({ "x-tier": "b" }, TIER))).not.toBe(first);
    const record = held.get(PRIMARY)!;
    expect(isVaryRecord(record)).toBe(true);
    await placeFor(entries, KEY, responseTo({ "x-view": "a" }, ["x-view"]));
    expect(held.get(PRIMARY)).not.toEqual(record);
    expect(await placeOf(entries, KEY, a)).not.toBe(first);
    expect(open.size).toBe(0);
  });

  it("make a record in the place of a response that did not vary", async () => {
    const { entries, held } = await holding(responseTo({}, []));
    expect(isVaryRecord(held.get(PRIMARY)!)).toBe(false);
    await placeFor(entries, KEY, responseTo({ "x-tier": "a" }, TIER));
    expect(held.get(PRIMARY)).toMatchObject({ vary: TIER });
  });
});

describe("languageVariantOf()", () => {
  const variant = (language?: string) => languageVariantOf(responseTo({ "accept-language": "de" }, LANGUAGE, language));
  it("names one language, whatever its case, and no list", () => {
    expect(variant("de")).toBe(variant(" DE "));
    expect(variant("de")).not.toBe(variant("fr"));
    for (const none of [undefined, "", "de, fr", "ü"]) expect(variant(none)).toBeNull();
  });
});
