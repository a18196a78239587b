import { PLAN_NAMES, PLANS, type Plan, type PlanLimits } from "../accounts/plans.ts";

/** A number of rows; by plan where plans differ. Null: as many as the account likes. */
export type Rows = number | Readonly<Record<Plan, number | null>>;

/** How much a table may hold. */
export interface TableBound {
  /** Of what the rows are counted. */
  per: "account" | "account and product" | "namespace" | "person" | "webhook" | "zone" | "the service";
  /** Rows in use, or of a log the rows that it keeps. */
  rows: Rows;
  /** Days after which a row goes; null: it is there until somebody deletes it. */
  days: number | null;
  /** Rows of what is over (deleted, revoked, expired), and the days after which they go. Null: they go at once. */
  over: { rows: Rows; days: number } | null;
}

function byPlan(rows: (limits: PlanLimits) => number | null): Readonly<Record<Plan, number | null>> {
  return Object.fromEntries(PLAN_NAMES.map((plan) => [plan, rows(PLANS[plan])])) as Record<Plan, number | null>;
}

/** How often what is over may have filled all that a plan allows. */
const times = (factor: number, rows: number | null) => rows && rows * factor;

/** Longer than the table at the edge remembers a deleted thing, and than a name is kept from others. */
const OVER_DAYS = 32;

/**
 * Every table of D1 and of the Durable Objects that grows with what a customer does, and what keeps it from filling the
 * disk. Whoever writes to one of them holds it to this list; `test/db/bounds.test.ts` tries to pass each.
 */
export const BOUNDS = {
  /** The operator makes them. */
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
  /** Also at most as many of one zone as its log takes in, and those of one purge. */
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
  /** Those that wait; a webhook for which more wait is disabled. Of the others as many again are kept. */
  webhook_deliveries: { per: "webhook", rows: 10_000, days: 30, over: { rows: 10_000, days: 30 } },
  /** Each has a delivery, and goes with the last of them. */
  webhook_events: { per: "webhook", rows: 20_000, days: 30, over: null },
  /** Of a zone's name and account. The operator makes them; they stand in the zone's document. */
  takedowns: { per: "zone", rows: 1_000, days: null, over: null },
  /** Customers' own. Of a zone at most 100. */
  hostnames: { per: "account", rows: byPlan(({ rescdn }) => rescdn.hostnames), days: null, over: null },
  /** Hostnames that are served, or were lately. */
  hosts: {
    per: "account",
    rows: byPlan(({ rescdn }) => rescdn.hostnames),
    days: null,
    over: { rows: byPlan(({ rescdn }) => times(10, rescdn.hostnames)), days: OVER_DAYS },
  },
  /** Of zones whose origin is a bucket. What they may be together: {@link FILE_BYTES}. */
  files: { per: "account", rows: { free: 1_000, pro: 100_000, enterprise: 1_000_000 }, days: null, over: null },
  /** Two, so that one can take the place of the other. */
  signing_keys: { per: "zone", rows: 2, days: null, over: null },
  /** That somebody reads along what a zone answers. */
  tails: { per: "zone", rows: 1, days: 1, over: null },
  log_secrets: { per: "zone", rows: 1, days: null, over: null },
  /** Who signs in: one for each address that somebody has proven to have, where the operator lets them. */
  people: { per: "the service", rows: byPlan(() => null), days: null, over: null },
  people_sessions: { per: "person", rows: 100, days: 14, over: null },
  /** One for each service that people can sign in through. */
  sign_ins: { per: "person", rows: 1, days: null, over: null },
  sign_in_codes: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  passkeys: { per: "person", rows: 20, days: null, over: null },
  /** Three for a mail that goes out, which a client does 60 times a day at most. */
  mails_sent: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  members: { per: "account", rows: 100, days: null, over: null },
  invitations: { per: "account", rows: 100, days: 30, over: null },
  /** One for each airport of the world that Cloudflare has a location at. */
  pops: { per: "the service", rows: 26 ** 3, days: null, over: null },
  /** Of versions, for the whole of them. Restores raise it. */
  version_floor: { per: "the service", rows: 1, days: null, over: null },

  /** Of a location's usage meter: a row for each batch of an isolate, for an hour at most. */
  batches: { per: "the service", rows: byPlan(() => null), days: 1, over: null },
  /** Of a location's usage meter: 256 rows for each hour, day and month. Hours and paths go after 92 days. */
  packed: { per: "the service", rows: byPlan(() => null), days: 400, over: null },
  /** Of a location's usage meter: the isolates that have sent it something. */
  sources: { per: "the service", rows: byPlan(() => null), days: 30, over: null },
  /** Of a location's usage meter: what it has told of accounts, which have not heard of it, and what it heard of some. */
  told: { per: "account", rows: 2, days: 400, over: null },
  unknown: { per: "account", rows: 2, days: 1, over: null },
  known: { per: "account", rows: 1, days: 1, over: null },
  /** Of an account's usage meter: those of the locations that have counted for it. */
  meters: { per: "account", rows: 26 ** 3, days: null, over: null },
  /** Of a zone's outbox of logs: what comes in, and the batches that are made of it, 64 MB of them at most. */
  log_chunks: { per: "zone", rows: 200, days: 1, over: null },
  log_batches: { per: "zone", rows: 2_000, days: 1, over: null },
  /** Of the accelerator of purges. */
  tags: { per: "the service", rows: 50_000, days: 1, over: null },
  /** Of a feed of changes, which tells of each for ten minutes, and of the last ones for as long as nothing else changes. */
  changes: { per: "the service", rows: 51_456, days: null, over: null },
} as const satisfies Record<string, TableBound>;

/** Bytes of all files of an account, and of one: what Cloudflare lets pass to a Worker. */
export const FILE_BYTES = {
  account: { free: 2 ** 30, pro: 100 * 2 ** 30, enterprise: 2 ** 40 },
  file: 100 * 2 ** 20,
} as const satisfies { account: Readonly<Record<Plan, number>>; file: number };

/** The rows that a plan allows. */
export function rowsOf<Of extends number | null>(rows: Readonly<Record<Plan, Of>>, plan: Plan): Of {
  return rows[plan];
}

/** Bytes that a row's free text has at most, where the API does not bound it by field. */
export const LARGEST = {
  /** A zone's settings, as JSON. */
  settings: 49_152,
  /** What a change of the audit log says of before, and of after, as JSON. */
  auditState: 2_048,
} as const;

const DAY_MS = 86_400_000;

/** The time before which rows go that are kept for so many days, ms since the epoch. */
export function daysBefore(now: number, days: number): number {
  return now - days * DAY_MS;
}
