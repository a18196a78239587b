import { EMPTY_PURGE_LOG } from "../../src/zones/purge/purge-log.ts";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";

/** A zone as the edge knows it: active and with the default settings, except for the given changes. */
export function zoneDocument(settings: Partial<ZoneSettings> = {}, change: Partial<ZoneDocument> = {}): ZoneDocument {
  return {
    id: "zone_1",
    account: "acct_of_the_play",
    name: "zone",
    mode: "live",
    state: "active",
    origin: "https://origin.example",
    settings: { ...DEFAULT_SETTINGS, ...settings },
    version: 1,
    purges: EMPTY_PURGE_LOG,
    ...change,
  };
}
