import { describe, expect, it } from "vitest";
import { stampAge } from "../../../src/edge/answer/age-fields.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { DEFAULT_SETTINGS } from "../../../src/zones/settings.ts";

type Provenance = Parameters<typeof stampAge>[2];

const hitAt = (age: number): Provenance => ({ cacheStatus: { hit: true, ttl: 100 - age }, xCache: "HIT", age });
const missed: Provenance = { cacheStatus: { fwd: "uri-miss", fwdStatus: 200 }, xCache: "MISS", age: null };

/** Stamps the stored fields, once for each provenance. */
function stamped(fields: Record<string, string>, provenances: Provenance[], settings = {}) {
  const stored = {
    headers: Object.entries(fields),
    lifetime: 100,
    source: "policy",
    initialAge: 3.9,
  } as StoredResponse;
  const headers = new Headers(fields);
  for (const provenance of provenances) stampAge(headers, stored, provenance, { ...DEFAULT_SETTINGS, ...settings });
  return Object.fromEntries(headers);
}

describe("stampAge()", () => {
  it("says the age and where the answer came from", () => {
    expect(stamped({}, [hitAt(7)])).toEqual({
      age: "7",
      "cache-control": "public, max-age=100",
      "cache-status": "ResCDN; hit; ttl=93",
    });
  });

  it("leaves the origin's own Age on an answer straight from it, and counts it", () => {
    const fields = stamped({ age: "3" }, [missed], { browser_ttl: 10 });
    expect([fields.age, fields["cache-control"]]).toEqual(["3", "public, max-age=13"]);
  });

  it("lets no Expires contradict the Cache-Control that it sets", () => {
    const expires = "Sun, 22 Nov 2026 10:00:00 GMT";
    expect(stamped({ expires }, [hitAt(7)])).not.toHaveProperty("expires");
    expect(stamped({ expires, "cache-control": "private" }, [hitAt(7)])).toHaveProperty("expires", expires);
  });

  it("stands behind the caches before it (RFC 9211 §2)", () => {
    expect(stamped({ "cache-status": "Origin; hit" }, [hitAt(7)])["cache-status"]).toBe(
      "Origin; hit, ResCDN; hit; ttl=93",
    );
  });

  it("says the same whether it is applied once or again", () => {
    const fields = { "cache-control": "public", "cache-status": "Origin; hit" };
    expect(stamped(fields, [missed, hitAt(1), hitAt(7)])).toEqual(stamped(fields, [hitAt(7)]));
  });
});
