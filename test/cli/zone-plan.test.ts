import { describe, expect, it } from "vitest";
import type { Schemas } from "../../src/cli/cli.ts";
import { type FoundZone, planZone, withoutSecrets } from "../../src/cli/zone-plan.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";

const origin = "https://origin.example.com";

/** A zone with some settings, as the API shows it. */
function found(settings: object, hostnames: string[] = []): FoundZone {
  const all = { ...DEFAULT_SETTINGS, ...settings } as unknown as Schemas["Settings"];
  const zone = { id: "zone_1", name: "z", origin, active: true, settings: all } as Schemas["Zone"];
  return { zone, etag: '"1"', hostnames };
}

/** The change that makes settings be as they are wanted. Null: none is needed. */
function changeOf(before: object, wanted: object): unknown {
  const plan = planZone("z", { origin, settings: wanted as Schemas["SettingsChange"] }, found(before));
  return plan.kind === "change" ? plan.change?.settings : null;
}

describe("planZone()", () => {
  it.each([
    ["nothing of what is as it is wanted", { query: "ignore" }, { query: "ignore" }, null],
    [
      "the order of names says nothing",
      { timeouts: { idle_ms: 1, first_byte_ms: 2 } },
      { timeouts: { first_byte_ms: 2, idle_ms: 1 } },
      null,
    ],
    [
      "what is not named goes back to its default",
      { query: "ignore", cors: false },
      { cors: false },
      { query: "keep" },
    ],
    ["null is as if it were not named", { query: "ignore" }, { query: null }, { query: "keep" }],
    ["null in ttl is a value", {}, { ttl: { css: null } }, { ttl: { css: null } }],
    [
      "what an object does not name has its default",
      { forward: { ...DEFAULT_SETTINGS.forward, cookies: true } },
      { forward: {} },
      { forward: { cookies: false } },
    ],
    [
      "what a map does not name is taken out",
      { origin_headers: { a: "1", b: "2" } },
      { origin_headers: { b: "2" } },
      { origin_headers: { a: null } },
    ],
    [
      "lists are replaced",
      { cors: ["https://a.example"] },
      { cors: ["https://b.example"] },
      { cors: ["https://b.example"] },
    ],
    [
      "a secret that is there is not sent again",
      { auth: { type: "basic", username: "u", secret_set: "2026-01-01" } },
      { auth: { type: "basic", username: "u", password: "p" } },
      null,
    ],
    [
      "but with what it belongs to",
      { auth: { type: "basic", username: "u", secret_set: "2026-01-01" } },
      { auth: { type: "basic", username: "v", password: "p" } },
      { auth: { type: "basic", username: "v", password: "p" } },
    ],
  ])("%s", (_, before, wanted, change) => {
    expect(changeOf(before, wanted)).toEqual(change);
  });

  it("claims and releases hostnames, and leaves them where the file says nothing of them", () => {
    const there = found({}, ["a.example.com", "b.example.com"]);
    expect(planZone("z", { origin, hostnames: ["B.example.com", "c.example.com"] }, there)).toMatchObject({
      claim: ["c.example.com"],
      release: ["a.example.com"],
      change: null,
    });
    expect(planZone("z", { origin }, there)).toEqual({ kind: "same", name: "z" });
  });
});

describe("withoutSecrets()", () => {
  it("hides what may grant something: headers to origins, in rules too, passwords, and where logs go", () => {
    const rules = [{ do: { request_headers: { authorization: "s3cret" }, origin: "https://o.example" } }];
    const secret = [
      { path: "settings.origin_headers.x", before: "s3cret", after: undefined },
      { path: "settings.rules", before: [], after: rules },
      { path: "settings.origin_auth", before: null, after: { type: "basic", username: "u", password: "s3cret" } },
      { path: "settings.origin_auth.token", before: undefined, after: "s3cret" },
      { path: "settings.logs", before: null, after: { target: { type: "https", url: "https://logs.example/s3cret" } } },
      { path: "settings.logs.target.url", before: "https://logs.example/s3cret", after: "https://logs.example/" },
    ];
    const shown = secret.map(withoutSecrets);
    expect(JSON.stringify(shown)).not.toContain("s3cret");
    expect(shown[0]).toEqual({ path: "settings.origin_headers.x", before: "(hidden)", after: undefined });
  });
});
