import { describe, expect, it } from "vitest";
import type { TierQuestion } from "../../../src/edge/tier/question.ts";
import { settingsHashOf, tierKeyOf } from "../../../src/edge/tier/tier-key.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const question: TierQuestion = {
  form: 1,
  asker: "one",
  zone: { id: "zone_1", name: "a" },
  version: 7,
  path: "/a.css",
  query: "?b",
  fields: [["accept-language", "de"]],
  rules: [],
  ruled: "",
  validators: null,
  lifetime: null,
  servesErrors: false,
};
const keyOf = (change: Partial<TierQuestion> = {}, mark = 3, settings = "s", answeredAt: number | null = null) =>
  tierKeyOf({ ...question, ...change }, settings, mark, answeredAt === null ? null : { answeredAt });
const etag = { "if-none-match": '"1"' };

describe("tierKeyOf()", () => {
  it("is 256 bits, and the same for whoever asks, whenever and under which version", () => {
    expect(keyOf()).toMatch(/^[0-9a-f]{64}$/);
    for (const same of [{ asker: "other" }, { version: 8 }, { lifetime: 60 }, { zone: { id: "zone_1", name: "b" } }])
      expect(keyOf(same)).toBe(keyOf());
  });

  it("is another one for whatever tells two answers apart", () => {
    const keys = [
      keyOf(),
      keyOf({ zone: { id: "zone_2", name: "a" } }),
      keyOf({ path: "/a.css?b", query: "" }),
      keyOf({ query: "" }),
      keyOf({ fields: [] }),
      keyOf({ fields: [["accept-language", "fr"]] }),
      keyOf({
        fields: [
          ["accept-language", "de"],
          ["b", ""],
        ],
      }),
      keyOf({ ruled: "r" }),
      keyOf({}, 4),
      keyOf({}, 3, "t"),
      keyOf({ validators: etag }, 3, "s", 10),
      keyOf({ validators: etag }, 3, "s", 11),
      keyOf({ validators: etag }, 4, "s", 10),
      keyOf({ validators: { "if-none-match": '"2"' } }, 3, "s", 10),
      keyOf({ validators: etag, servesErrors: true }, 3, "s", 10),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is of the entry that is validated, not of what would be asked anew", () => {
    expect(keyOf({}, 3, "s", 10)).toBe(keyOf({}, 3, "s", 11));
  });
});

describe("settingsHashOf()", () => {
  const hashOf = (settings: Partial<ZoneSettings>, origin = "https://a.example") =>
    settingsHashOf(zoneDocument(settings, { origin }));

  it("changes with the origin and with what is stored, and not with what only shapes answers", () => {
    const unchanged = hashOf({});
    expect(hashOf({}, "https://b.example")).not.toBe(unchanged);
    const stored: Partial<ZoneSettings>[] = [
      { ttl_mode: "override" },
      { ttl: { ...DEFAULT_SETTINGS.ttl, css: 1 } },
      { ttl_by_extension: { css: 1 } },
      { negative_ttl: 11 },
      { origin_headers: { a: "1" } },
      { origin_host: "c.example" },
      { fallback_origin: "https://c.example" },
      { max_object_bytes: 1 },
    ];
    for (const settings of stored) expect(hashOf(settings), JSON.stringify(settings)).not.toBe(unchanged);
    const shown: Partial<ZoneSettings>[] = [
      { browser_ttl: 1 },
      { response_headers: { a: "1" } },
      { cors: false },
      { noindex: true },
      { stale_if_error: 1 },
      { rules: [{ do: { deny: {} } }] },
      { shield: false },
      { server_timing: true },
      { logs: { sampling: 0.5 } },
    ];
    for (const settings of shown) expect(hashOf(settings), JSON.stringify(settings)).toBe(unchanged);
  });
});
