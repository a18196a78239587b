import { republishLaggingAccounts } from "./accounts/account-publication.ts";
import { deleteOldRows } from "./accounts/delete-old-rows.ts";
import type { Env } from "./env.ts";
import { dropFilesOfDeletedZones } from "./files/drop-files.ts";
import { tendCertificates } from "./hostnames/certificates/tend-certificates.ts";
import { republishLaggingHosts } from "./hostnames/host-publication.ts";
import { dropLeftHosts } from "./hostnames/published-hosts.ts";
import { tendHostnames } from "./hostnames/tend-hostnames.ts";
import { checkOrigins } from "./origin-checks/check-origins.ts";
import { deleteOldPeopleRows } from "./people/delete-old-people-rows.ts";
import { dropDeletedRecords } from "./records/drop-deleted-records.ts";
import { republishLaggingRecords } from "./records/record-publication.ts";
import { tendWebhooks } from "./records/webhooks/tend-webhooks.ts";
import { dropDeletedZones } from "./zones/drop-deleted-zones.ts";
import { republishLagging } from "./zones/publication.ts";
import { dropOldPurges } from "./zones/purge/purge-history.ts";

/**
 * The cron's work each minute: publishes what lags behind D1, starts overdue deliveries to webhooks, checks proofs of
 * hostnames, certificates and origins, and deletes what has expired.
 *
 * @param now ms since the epoch
 */
export async function everyMinute(env: Env, now: number): Promise<void> {
  const parts = await Promise.allSettled([
    republishLagging(env.DB, env.ZONE_PUBLISHER),
    republishLaggingAccounts(env.DB, env.ACCOUNT_PUBLISHER),
    republishLaggingHosts(env.DB, env.HOST_PUBLISHER),
    tendHostnames(env, now),
    tendCertificates(env, now),
    checkOrigins(env, now),
    republishLaggingRecords(env.DB, env.RECORD_PUBLISHER),
    tendWebhooks(env.DB, env.WEBHOOK_DISPATCHER, now),
    deleteOldRows(env.DB, now),
    deleteOldPeopleRows(env.DB, now),
    dropOldPurges(env.DB, now),
    dropFilesOfDeletedZones(env),
    dropDeletedZones(env.DB, now),
    dropDeletedRecords(env.DB, now),
    dropLeftHosts(env.DB, now),
  ]);
  // Only once all have ended: after its handler fails, the rest of a Worker's work is cut off.
  const reasons = parts.flatMap((part) => (part.status === "rejected" ? [part.reason as unknown] : []));
  if (reasons.length > 0) throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons, reasons.join("; "));
}
