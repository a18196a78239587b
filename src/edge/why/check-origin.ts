import type { OriginQuestion, OriginReport } from "../../why/report.ts";
import { EMPTY_PURGE_LOG } from "../../zones/purge/purge-log.ts";
import { DEFAULT_SETTINGS } from "../../zones/settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Edge } from "../edge.ts";
import { NO_NOTES } from "../fill/exchange.ts";
import { unruled } from "../policy/judge.ts";
import { exchangesOf } from "../visit.ts";
import { examineOrigin } from "./examine-origin.ts";

/** An origin that is checked by hand has to answer within this time, ms. */
const PATIENCE = { first_byte_ms: 5_000, idle_ms: 3_000 };

/** Asks an origin for a path as a new zone with default settings would, and tells what that zone would do with the answer. */
export async function checkOrigin(
  { origin, path }: OriginQuestion,
  edge: Edge,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<OriginReport> {
  const zone: ZoneDocument = {
    id: "zone_to_be",
    account: "",
    name: "your-zone",
    mode: "test",
    state: "active",
    origin,
    settings: { ...DEFAULT_SETTINGS, timeouts: PATIENCE },
    version: 0,
    purges: EMPTY_PURGE_LOG,
  };
  const url = new URL(path, `https://${zone.name}.${edge.settings.edgeDomains[0]}`);
  const request = new Request(url, { headers: { accept: "*/*" } });
  const route = { url, surface: { kind: "edge", zone: zone.name }, target: null } as const;
  const visit = { request, route, now: Date.now(), waitUntil, zoneId: null };
  const ruling = unruled(route, zone);
  const course = { kind: "read", loop: [] } as const;
  const { exchange } = exchangesOf(visit, ruling, ruling.target, course, edge, NO_NOTES);
  return (await examineOrigin(exchange)).report;
}
