import { PLAN_NAMES, PLANS, type Plan, type PlanLimits } from "../accounts/plans.ts";

/** A number of rows, by plan if the plans differ. Null: no limit. */
export type Rows = number | Readonly<Record<Plan, number | null>>;

/** How much a table may hold. */
export interface TableBound {
  /** What the rows are counted by. */
  per: "account" | "account and product" | "namespace" | "person" | "webhook" | "zone" | "the service";
  /** Rows in use; for a log, the rows that it keeps. */
  rows: Rows;
  /** Days after which a row is deleted; null: it stays until somebody deletes it. */
  days: number | null;
  /**
   * Rows of things that are over (deleted, revoked, expired), and the days after which they are deleted. Null: they are deleted
   * at once.
   */
  over: { rows: Rows; days: number } | null;
}

function byPlan(rows: (limits: PlanLimits) => number | null): Readonly<Record<Plan, number | null>> {
  return Object.fromEntries(PLAN_NAMES.map((plan) => [plan, rows(PLANS[plan])])) as Record<Plan, number | null>;
}

/** The rows of things that are over, as a multiple of what the plan allows in use. */
const times = (factor: number, rows: number | null) => rows && rows * factor;

/** Longer than the table at the edge remembers something deleted, and than a name is reserved. */
const OVER_DAYS = 32;

/**
 * Every table of D1 and of the Durable Objects that grows with customers' actions, and what keeps it from filling the disk.
 * Whoever writes to one of them enforces this list; `test/db/bounds.test.ts` tries to exceed each.
 */
export const BOUNDS = {
  /** Only the operator makes them. */
  accounts: { per: "the service", rows: byPlan(() => null), days: null, over: null },
  api_keys: {
    per: "account and product",
    rows: byPlan(({ rescdn }) => rescdn.keys),
    days: null,
    over: { rows: 100, days: 30 },
  },
  zones: {
    per: "account",
    rows: byPlan(({ rescdn }) => rescdn.zones),
    days: null,
    over: { rows: byPlan(({ rescdn }) => times(10, rescdn.zones)), days: OVER_DAYS },
  },
  /** Further limited per zone, by what its log takes in, and per purge. */
  purges: { per: "account", rows: { free: 10_000, pro: 100_000, enterprise: null }, days: 32, over: null },
  audit_log: { per: "account", rows: { free: 10_000, pro: 50_000, enterprise: 500_000 }, days: 400, over: null },
  idempotency_keys: { per: "account", rows: { free: 1_000, pro: 10_000, enterprise: 100_000 }, days: 1, over: null },
  /** The contract sets no limit for enterprises. */
  records: {
    per: "account",
    rows: byPlan(({ resolvedb }) => resolvedb.records),
    days: null,
    over: { rows: { free: 10_000, pro: 100_000, enterprise: 1_000_000 }, days: OVER_DAYS },
  },
  namespaces: {
    per: "account",
    rows: byPlan(({ resolvedb }) => resolvedb.namespaces),
    days: null,
    over: { rows: byPlan(({ resolvedb }) => times(10, resolvedb.namespaces)), days: OVER_DAYS },
  },
  query_tokens: { per: "namespace", rows: 100, days: null, over: null },
  webhooks: {
    per: "account",
    rows: byPlan(({ resolvedb }) => resolvedb.webhooks),
    days: null,
    over: { rows: byPlan(({ resolvedb }) => times(10, resolvedb.webhooks)), days: 30 },
  },
  /** Waiting deliveries; a webhook with more of them is disabled. As many finished ones are kept. */
  webhook_deliveries: { per: "webhook", rows: 10_000, days: 30, over: { rows: 10_000, days: 30 } },
  /** Each has a delivery, and is deleted with the last one. */
  webhook_events: { per: "webhook", rows: 20_000, days: 30, over: null },
  /** For a zone's name and account. The operator makes them; they are listed in the zone's document. */
  takedowns: { per: "zone", rows: 1_000, days: null, over: null },
  /** Customers' own hostnames; a zone has at most 100. */
  hostnames: { per: "account", rows: byPlan(({ rescdn }) => rescdn.hostnames), days: null, over: null },
  /** Hostnames that are served, or were recently. */
  hosts: {
    per: "account",
    rows: byPlan(({ rescdn }) => rescdn.hostnames),
    days: null,
    over: { rows: byPlan(({ rescdn }) => times(10, rescdn.hostnames)), days: OVER_DAYS },
  },
  /** Files of zones whose origin is a bucket. For their total size, see {@link FILE_BYTES}. */
  files: { per: "account", rows: { free: 1_000, pro: 100_000, enterprise: 1_000_000 }, days: null, over: null },
  /** Two, so that one can replace the other. */
  signing_keys: { per: "zone", rows: 2, days: null, over: null },
  /** Announcements that somebody listens to a zone. */
  tails: { per: "zone", rows: 1, days: 1, over: null },
  log_secrets: { per: "zone", rows: 1, days: null, over: null },
  /** People who sign in: one for each proven address, if the operator lets them. */
  people: { per: "the service", rows: byPlan(() => null), days: null, over: null },
  people_sessions: { per: "person", rows: 100, days: 14, over: null },
  /** One for each service that people can sign in through. */
  sign_ins: { per: "person", rows: 1, days: null, over: null },
  sign_in_codes: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  passkeys: { per: "person", rows: 20, days: null, over: null },
  /** Three for each mail that is sent, which one client can cause at most 60 times a day. */
  mails_sent: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  members: { per: "account", rows: 100, days: null, over: null },
  invitations: { per: "account", rows: 100, days: 30, over: null },
  /** One for each airport code that Cloudflare can have a location at. */
  pops: { per: "the service", rows: 26 ** 3, days: null, over: null },
  /** The lowest next version, one for everything. Restores raise it. */
  version_floor: { per: "the service", rows: 1, days: null, over: null },

  /** In a location's usage meter: a row for each batch from an isolate, for at most an hour. */
  batches: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  /** In a location's usage meter: 256 rows for each hour, day and month. Hours and paths are deleted after 92 days. */
  packed: { per: "the service", rows: byPlan(() => null), days: 400, over: null },
  /** In a location's usage meter: the isolates that have sent it something. */
  sources: { per: "the service", rows: byPlan(() => null), days: 30, over: null },
  /** In a location's usage meter: what it has yet to tell accounts, and what it heard from some of them. */
  told: { per: "account", rows: 2, days: 400, over: null },
  unknown: { per: "account", rows: 2, days: 1, over: null },
  known: { per: "account", rows: 1, days: 1, over: null },
  /** In an account's usage meter: the meters of locations that have counted for it. */
  meters: { per: "account", rows: 26 ** 3, days: null, over: null },
  /** In a zone's log outbox: incoming chunks, and the batches made from them, at most 64 MB. */
  log_chunks: { per: "zone", rows: 200, days: 1, over: null },
  log_batches: { per: "zone", rows: 2_000, days: 1, over: null },
  /** In the accelerator of purges. */
  tags: { per: "the service", rows: 50_000, days: 1, over: null },
  /** In a feed of changes, which announces each for ten minutes, and the last ones for as long as nothing else changes. */
  changes: { per: "the service", rows: 51_456, days: null, over: null },
} as const satisfies Record<string, TableBound>;

/** The most bytes for all files of an account, and for one file: what Cloudflare lets through to a Worker. */
export const FILE_BYTES = {
  account: { free: 2 ** 30, pro: 100 * 2 ** 30, enterprise: 2 ** 40 },
  file: 100 * 2 ** 20,
} as const satisfies { account: Readonly<Record<Plan, number>>; file: number };

/** The rows that a plan allows. */
export function rowsOf<Of extends number | null>(rows: Readonly<Record<Plan, Of>>, plan: Plan): Of {
  return rows[plan];
}

/** The most bytes of a row's free text, if the API does not limit it by field. */
export const LARGEST = {
  /** A zone's settings, as JSON. */
  settings: 49_152,
  /** Either state, before or after, of a change in the audit log, as JSON. */
  auditState: 2_048,
} as const;

const DAY_MS = 86_400_000;

/** Rows kept for this many days are deleted if they are older than this time, ms since the epoch. */
export function daysBefore(now: number, days: number): number {
  return now - days * DAY_MS;
}
