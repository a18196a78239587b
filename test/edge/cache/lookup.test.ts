import { describe, expect, it } from "vitest";
import { useOf } from "../../../src/edge/cache/lookup.ts";
import type { StoredResponse } from "../../../src/edge/cache/stored-response.ts";
import { targetOf } from "../../../src/edge/request/target.ts";
import { textHash } from "../../../src/text-hash.ts";
import { buildPurgeLog } from "../../../src/zones/purge/purge-log.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const START = 1_800_000_000_000;
const DAY = 86_400;
type Mark = Parameters<typeof buildPurgeLog>[0][number];

interface Case {
  /** Seconds since the answer came, whose lifetime is 100 s. */
  after: number;
  stored?: Partial<StoredResponse>;
  settings?: Partial<ZoneSettings>;
  marks?: Mark[];
}

function use({ after, stored = {}, settings = {}, marks = [] }: Case) {
  const zone = zoneDocument(settings, { purges: buildPurgeLog(marks) });
  const response = {
    headers: [],
    tagHashes: [textHash("red")],
    zoneVersion: 5,
    answeredAt: START,
    initialAge: 0,
    lifetime: 100,
    source: "max-age",
    ...stored,
  } as unknown as StoredResponse;
  const target = targetOf(new URL("https://z.rescdn.io/a.css?b=1"), zone);
  const { kind, ...rest } = useOf(response, { zone, target, now: START + after * 1000 });
  return "staleIfError" in rest ? `${kind}${rest.staleIfError ? ", or stale if it fails" : ""}` : kind;
}

const mark = (kind: Mark["kind"], value: string, change: Partial<Mark> = {}): Mark =>
  ({ kind, value, soft: false, version: 6, at: START, ...change }) as Mark;
const says = (cacheControl: string): Partial<StoredResponse> => ({ headers: [["cache-control", cacheControl]] });

describe("useOf()", () => {
  it.each<[string, Case, string]>([
    ["fresh for its lifetime", { after: 99 }, "fresh"],
    ["then stale", { after: 100 }, "validate, or stale if it fails"],
    ["as long as the zone lets it", { after: 101, settings: { stale_if_error: 0 } }, "validate"],
    [
      "at once within the zone's stale-while-revalidate",
      { after: 101, settings: { stale_while_revalidate: 5 } },
      "stale-while-revalidate",
    ],
    ["and not after it", { after: 105, settings: { stale_while_revalidate: 5 } }, "validate, or stale if it fails"],
    ["never stale under must-revalidate", { after: 100, stored: says("must-revalidate") }, "validate"],
    ["never fresh under no-cache", { after: 0, stored: says("no-cache") }, "validate"],
    [
      "fresh under no-cache where the zone overrides it",
      { after: 0, stored: { ...says("no-cache"), source: "policy" }, settings: { ttl_mode: "override" } },
      "fresh",
    ],
    ["for 30 days", { after: 30 * DAY, stored: { lifetime: 60 * DAY } }, "fresh"],
    ["and no longer, since purges are forgotten", { after: 30 * DAY + 1, stored: { lifetime: 60 * DAY } }, "purged"],
  ])("%s: %j is %s", (_title, given, expected) => {
    expect(use(given)).toBe(expected);
  });

  it.each<[string, Mark, string]>([
    ["of its path", mark("path", "/a.css"), "purged"],
    ["of another path", mark("path", "/b.css"), "fresh"],
    ["of its tag", mark("tag", "red"), "purged"],
    ["of another tag", mark("tag", "blue"), "fresh"],
    ["of before it was asked for", mark("path", "/a.css", { version: 5 }), "fresh"],
    ["that is soft", mark("path", "/a.css", { soft: true }), "validate, or stale if it fails"],
  ])("after a purge %s: %j leaves it %s", (_title, purge, expected) => {
    expect(use({ after: 1, marks: [purge] })).toBe(expected);
  });
});
