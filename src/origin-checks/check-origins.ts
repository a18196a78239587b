import { dropBody } from "../edge/body/drop-body.ts";
import { askCandidate } from "../edge/origin/ask-candidate.ts";
import { type Candidate, candidatesOf } from "../edge/origin/candidates.ts";
import type { OriginNotes } from "../edge/origin/origin-access.ts";
import { type OriginAccess, originAccess } from "../edge/origin/origin-access.ts";
import { ALONE } from "../edge/origin/origin-health.ts";
import type { Env } from "../env.ts";
import { zoneHosts } from "../hosts.ts";
import { log } from "../log/log.ts";
import { settingsOf } from "../settings.ts";
import {
  type DueZone,
  downBy,
  type FailedChecks,
  keepFailures,
  type OriginFailures,
  takeDueZones,
} from "../zones/origin-check-rows.ts";
import { publishZone } from "../zones/publication.ts";
import { EMPTY_PURGE_LOG } from "../zones/purge/purge-log.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { zoneTableOf } from "../zones/zone-table.ts";

/** How many zones one run of the cron checks, how many at a time, and for how long it starts new ones. */
const ZONES_A_RUN = 200;
const AT_A_TIME = 20;
const RUN_MS = 20_000;

/** How long an origin may take to answer a check, ms. */
const PATIENCE_MS = 5_000;

type CheckEnv = Pick<Env, "DB" | "ZONES" | "ZONE_PUBLISHER"> & Parameters<typeof settingsOf>[0];

/** For the cron: checks whether the origins of zones with checks are up, and tells the edge when that changes. */
export async function checkOrigins(env: CheckEnv, now: number): Promise<void> {
  const due = await takeDueZones(env.DB, now, ZONES_A_RUN);
  // Checks are not clients' requests, so they neither use nor change what the edge knows about the origins.
  const access = originAccess(settingsOf(env).keyring, ALONE);
  const end = performance.now() + RUN_MS;
  const workers = Array.from({ length: Math.min(AT_A_TIME, due.length) }, async () => {
    for (let zone = due.pop(); zone !== undefined && performance.now() < end; zone = due.pop()) {
      await checkZone(env, access, zone, now).catch((error) => log("origin_check_failed", { zone: zone!.name, error }));
    }
  });
  await Promise.all(workers);
}

/** Failures are counted up to this number. */
const MOST_TIMES = 1_000;

async function checkZone(env: CheckEnv, access: OriginAccess, zone: DueZone, now: number): Promise<void> {
  const origins = candidatesOf(zone).filter(({ name, isDrained }) => name !== null && !isDrained);
  const found = await Promise.all(
    origins.map(async (origin): Promise<[string, FailedChecks] | null> => {
      const reason = await failureOf(env, access, zone, origin);
      if (reason === null) return null;
      const { times = 0, since = now } = zone.failures[origin.name!] ?? {};
      return [origin.name!, { times: Math.min(times + 1, MOST_TIMES), since, reason }];
    }),
  );
  const failures: OriginFailures = Object.fromEntries(found.filter((one) => one !== null));
  if (!(await keepFailures(env.DB, zone, failures))) return;
  const [before, after] = [downBy(zone.failures), downBy(failures)];
  for (const name of after.filter((one) => !before.includes(one))) log("origin_down", { zone: zone.name, name });
  for (const name of before.filter((one) => !after.includes(one))) log("origin_up", { zone: zone.name, name });
  await publishZone(env.ZONE_PUBLISHER, zoneTableOf(env.ZONES), zone.name);
}

/** Requests of checks are not counted as usage. */
const UNNOTED: OriginNotes = { asked: () => undefined, received: () => undefined };

/** Why an origin fails its check: what kept it from answering, or its answer, such as `403`. Null: it passes. */
async function failureOf(env: CheckEnv, access: OriginAccess, due: DueZone, origin: Candidate): Promise<string | null> {
  const { timeouts, failover } = due.settings;
  const first_byte_ms = Math.min(timeouts.first_byte_ms, PATIENCE_MS);
  const settings = { ...due.settings, timeouts: { ...timeouts, first_byte_ms } };
  const zone: ZoneDocument = { ...due, state: "active", settings, purges: EMPTY_PURGE_LOG };
  const hosts = zoneHosts(due.name, settingsOf(env));
  const headers = new Headers({ accept: "*/*", "user-agent": "ResCDN", "accept-encoding": "identity" });
  const request = { method: "GET", pathAndQuery: failover.check_path!, headers };
  const asking = { zone, hosts, waitUntil: () => undefined, origins: access, noteOrigin: UNNOTED };
  const outcome = await askCandidate(asking, origin, request);
  if (outcome.kind === "failure") return outcome.failure.reason;
  const { body, status } = outcome.response;
  await dropBody(body);
  return status < 400 ? null : String(status);
}
