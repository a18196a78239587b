import { PLANS, type Plan } from "../../accounts/plans.ts";
import { log } from "../../log/log.ts";
import { type CloudflareApi, settingsOf, type Variables } from "../../settings.ts";
import {
  deleteHostname,
  findHostname,
  type HostnameReply,
  orderHostname,
  readHostname,
  refreshHostname,
} from "./custom-hostnames.ts";
import { hasGivenUp, judgeRemoval, judgeReply, type Step, type TendedCertificate } from "./judge-certificate.ts";

/** How many steps one run of the cron makes, and how many of them may be orders: Cloudflare issues 15 certificates a minute. */
const STEPS_A_RUN = 100;
const ORDERS_A_RUN = 15;
/** A step that was begun but not recorded, because the run was stopped, is repeated after this time. */
const LEASE_MS = 5 * 60_000;

/** A certificate that is due, with its account and the account's plan. */
interface Due extends TendedCertificate {
  plan: Plan;
}

/**
 * For the cron: orders certificates for proven hostnames, follows their progress, and deletes those whose hostname nobody has
 * any more. If Cloudflare fails or limits the rate, the run ends.
 */
export async function tendCertificates(env: Variables & { DB: D1Database }, now: number): Promise<void> {
  const { saas } = settingsOf(env);
  if (saas === null) return;
  let orders = 0;
  let restUntil: number | null = null;
  for (const certificate of await takeDue(env.DB, now)) {
    const isOrder = certificate.zone !== null && certificate.id === null;
    if (restUntil !== null || (isOrder && ++orders > ORDERS_A_RUN)) {
      await note(env.DB, certificate, { ...certificate, nextAt: restUntil ?? now }, now);
      continue;
    }
    const { step, reply } = await take(env.DB, saas, certificate, now);
    if (reply?.kind === "limited") restUntil = now + reply.retryAfterMs;
    // A failure for one hostname only is retried later than the others.
    if (reply?.kind === "failed") restUntil = now;
    if (reply?.kind === "quota" || reply?.kind === "failed" || reply?.kind === "limited")
      log("certificate_not_tended", { kind: reply.kind, reason: step.reason });
    await note(env.DB, certificate, step, now);
  }
}

/** Takes the next step for a hostname. */
async function take(
  db: D1Database,
  api: CloudflareApi,
  certificate: Due,
  now: number,
): Promise<{ step: Step; reply: HostnameReply | null }> {
  const { hostname, zone, id } = certificate;
  if (zone === null) {
    // If an order was not recorded, its hostname is found by name.
    const found = id === null ? await findHostname(api, hostname) : null;
    const known = id ?? (found?.kind === "hostname" ? found.hostname.id : null);
    const reply = known === null ? found! : await deleteHostname(api, known);
    return { step: judgeRemoval(certificate, reply, now), reply };
  }
  if (id === null) {
    const refusal = await whyNotOrdered(db, certificate);
    if (refusal !== null)
      return { step: { ...certificate, state: "waiting", reason: refusal, nextAt: now + LEASE_MS }, reply: null };
    const reply = await orderHostname(api, hostname);
    return { step: judgeReply(certificate, reply, now), reply };
  }
  const reply = await readHostname(api, id);
  if (reply.kind !== "hostname" || !hasGivenUp(reply.hostname))
    return { step: judgeReply(certificate, reply, now), reply };
  const refreshed = await refreshHostname(api, id);
  // The effect shows at the next step.
  const shown = refreshed.kind === "hostname" ? reply : refreshed;
  return { step: judgeReply(certificate, shown, now), reply: shown };
}

/** Counts certificates at Cloudflare, which are paid for from the order until they are deleted there. */
async function whyNotOrdered(db: D1Database, { account, plan }: Due): Promise<string | null> {
  const limit = PLANS[plan].rescdn.hostnames;
  const ordered = await db
    .prepare("SELECT COUNT(*) AS ordered FROM hosts WHERE account_id = ?1 AND certificate_id IS NOT NULL")
    .bind(account)
    .first<number>("ordered");
  return (ordered ?? 0) < limit
    ? null
    : `the plan allows ${limit} hostnames, and that many have a certificate, or had one until just now`;
}

/** The certificates that are due, deletions first. They are reserved for this run. */
async function takeDue(db: D1Database, now: number): Promise<Due[]> {
  const { results: taken } = await db
    .prepare(
      `UPDATE hosts SET certificate_next_at = ?2 WHERE hostname IN (
         SELECT hostname FROM hosts WHERE certificate_next_at <= ?1
         ORDER BY zone_id IS NOT NULL, certificate_next_at LIMIT ?3)
       RETURNING hostname`,
    )
    .bind(now, now + LEASE_MS, STEPS_A_RUN)
    .all<{ hostname: string }>();
  const { results } = await db
    .prepare(
      `SELECT hostname, zone_id AS zone, account_id AS account, certificate_id AS id, certificate_state AS state,
              certificate_reason AS reason, certificate_checks AS checks, hosts.revision, plan
       FROM hosts JOIN accounts ON accounts.id = account_id
       WHERE hostname IN (SELECT value FROM json_each(?1)) ORDER BY zone_id IS NOT NULL, hostname`,
    )
    .bind(JSON.stringify(taken.map(({ hostname }) => hostname)))
    .all<Due>();
  return results;
}

/** Records a step. If the hostname has gone to somebody else meanwhile, it stays due. */
async function note(db: D1Database, { hostname, revision }: Due, step: Step, now: number): Promise<void> {
  await db
    .prepare(
      `UPDATE hosts SET certificate_id = ?2, certificate_state = ?3, certificate_reason = ?4, certificate_checks = ?5,
                        certificate_next_at = CASE revision WHEN ?6 THEN ?7 ELSE ?8 END
       WHERE hostname = ?1`,
    )
    .bind(hostname, step.id, step.state, step.reason, step.checks, revision, step.nextAt, now)
    .run();
}
