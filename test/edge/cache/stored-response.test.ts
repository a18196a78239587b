import { describe, expect, it } from "vitest";
import { freshnessOf, type StoredResponse, toStoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { decideReuse } from "../../../src/http/reuse.ts";
import { EMPTY_PURGE_LOG } from "../../../src/zones/purge/purge-log.ts";
import { DEFAULT_SETTINGS } from "../../../src/zones/settings.ts";
import type { ZoneDocument } from "../../../src/zones/zone.ts";

const zone: ZoneDocument = {
  id: "zone_1",
  account: "account_1",
  name: "zone",
  mode: "live",
  state: "active",
  origin: "https://origin.example",
  settings: DEFAULT_SETTINGS,
  version: 1,
  purges: EMPTY_PURGE_LOG,
};
const target = targetOf(new URL("https://zone.example/a.css"), zone);

/** As it comes back from the store. */
function stored(headers: Record<string, string>): StoredResponse {
  const response = new Response("", { headers });
  const answer = { response, requestedAt: 1_000, answeredAt: 1_000 };
  return JSON.parse(JSON.stringify(toStoredResponse(answer, new Headers(), target, zone)));
}

const POLICY = { staleWhileRevalidate: 20, staleIfError: 40 };

describe("freshnessOf() of what was stored", () => {
  it.each([
    { "cache-control": "max-age=10" },
    { "cache-control": "max-age=10, no-cache" },
    { "cache-control": 'max-age=10, no-cache="x-a"' },
    { "cache-control": "max-age=10, must-revalidate" },
    { "cache-control": "max-age=10, proxy-revalidate" },
    { "cache-control": "s-maxage=10" },
    { "cache-control": "s-maxage=10, stale-while-revalidate=5, stale-if-error=0" },
    { "cache-control": "max-age=10, stale-while-revalidate=0" },
    { "cache-control": "no-cache", "cdn-cache-control": "max-age=10, stale-if-error=30" },
  ] as Record<string, string>[])("decides as its fields would: %j", (headers) => {
    const now = stored(headers);
    const { reuse, ...older } = now;
    expect(reuse).toBeDefined();
    for (const seconds of [0, 9, 10, 12, 16, 29, 31, 49, 51, 100]) {
      const at = 1_000 + seconds * 1_000;
      const expected = decideReuse(freshnessOf(older, "respect"), POLICY, at);
      expect(decideReuse(freshnessOf(now, "respect"), POLICY, at)).toEqual(expected);
    }
  });
});
