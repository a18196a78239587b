import { describe, expect, it } from "vitest";
import { mergeSettings } from "../../src/zones/merge-settings.ts";
import { completeSettings, DEFAULT_SETTINGS, type StoredSettings } from "../../src/zones/settings.ts";
import type { SettingsPatch } from "../../src/zones/settings-schema.ts";

describe("mergeSettings()", () => {
  it.each<[stored: StoredSettings, patch: SettingsPatch, merged: StoredSettings]>([
    [{}, {}, {}],
    [{ negative_ttl: 5 }, {}, { negative_ttl: 5 }],
    [{ negative_ttl: 5 }, { compression: false }, { negative_ttl: 5, compression: false }],
    [{ negative_ttl: 5 }, { negative_ttl: null }, {}],
    [{}, { ttl: { css: 1 } }, { ttl: { css: 1 } }],
    [{ ttl: { css: 1, js: 2 } }, { ttl: { js: 3 } }, { ttl: { css: 1, js: 3 } }],
    [{ ttl: { css: 1 } }, { ttl: { css: null } }, { ttl: { css: null } }],
    [{ ttl: { css: 1 } }, { ttl: null }, {}],
    [
      { ttl_by_extension: { a: 1, b: 2 } },
      { ttl_by_extension: { a: null, c: 3 } },
      { ttl_by_extension: { b: 2, c: 3 } },
    ],
    [{ origin_headers: { a: "1" } }, { origin_headers: { a: null } }, { origin_headers: {} }],
    [{ query: ["a", "b"] }, { query: ["c"] }, { query: ["c"] }],
    [{ query: "sort" }, { query: { except: ["a"] } }, { query: { except: ["a"] } }],
    [{ query: ["a"] }, { query: { except: ["b"] } }, { query: { except: ["b"] } }],
    [{ query: { except: ["a"] } }, { query: { except: ["b"] } }, { query: { except: ["b"] } }],
    [{ query: { except: ["a"] } }, { query: null }, {}],
    [{ cors: ["https://a.example.com"] }, { cors: false }, { cors: false }],
    [
      { forward: { headers: ["a"], cookies: true } },
      { forward: { headers: ["b"], cookies: null } },
      { forward: { headers: ["b"] } },
    ],
  ])("makes of %j changed by %j: %j", (stored, patch, merged) => {
    const before = structuredClone(stored);
    expect(mergeSettings(stored, patch)).toEqual(merged);
    expect(stored).toEqual(before);
  });
});

describe("completeSettings()", () => {
  it("gives a zone that sets nothing the defaults", () => {
    expect(completeSettings({})).toEqual(DEFAULT_SETTINGS);
  });

  it("keeps the defaults of what a zone does not set inside an object", () => {
    expect(completeSettings({ ttl: { css: null }, forward: { cookies: true }, timeouts: { idle_ms: 100 } })).toEqual({
      ...DEFAULT_SETTINGS,
      ttl: { ...DEFAULT_SETTINGS.ttl, css: null },
      forward: { headers: [], cookies: true, authorization: false, client_ip: false },
      timeouts: { first_byte_ms: 15_000, idle_ms: 100 },
    });
  });
});
