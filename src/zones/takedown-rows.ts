import { type Actor, auditStatement } from "../accounts/audit-log.ts";
import { BOUNDS } from "../db/bounds.ts";
import type { Page } from "../db/position.ts";
import { normaliseQuery } from "../http/uri.ts";
import type { ZoneSettings } from "./settings.ts";
import type { Takedowns } from "./takedowns.ts";

/** A takedown as the operator sees it. */
export interface Takedown {
  id: string;
  account: string;
  /** The zone's name. */
  zone: string;
  /** A path with every query, a path with one query, or all paths with this beginning. */
  kind: "path" | "url" | "prefix";
  value: string;
  reference: string;
  /** Ms since the epoch. */
  createdAt: number;
}

/** A zone from which something is taken down. */
export interface TakenZone {
  id: string;
  account: string;
  name: string;
  mode: "live" | "test";
}

const COLUMNS = "id, account_id AS account, zone, kind, value, reference, created_at AS createdAt";

/** The zone with a name, whoever owns it. */
export async function zoneOfName(db: D1Database, name: string): Promise<TakenZone | null> {
  return db
    .prepare("SELECT id, account_id AS account, name, mode FROM zones WHERE name = ?1 AND state <> 'deleted'")
    .bind(name)
    .first<TakenZone>();
}

/** Takedowns, oldest first. */
export async function listTakedowns(
  db: D1Database,
  filter: { zone?: string | undefined; account?: string | undefined },
  page: Page,
): Promise<Takedown[]> {
  const { createdAt, id } = page.after ?? { createdAt: -1, id: "" };
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM takedowns WHERE (created_at, id) > (?1, ?2) AND (?3 IS NULL OR zone = ?3)
         AND (?4 IS NULL OR account_id = ?4)
       ORDER BY created_at, id LIMIT ?5`,
    )
    .bind(createdAt, id, filter.zone ?? null, filter.account ?? null, page.limit)
    .all<Takedown>();
  return results;
}

/** What became of a new takedown. `full`: the zone has as many as it may have. */
export type NewTakedown = { kind: "taken-down"; takedown: Takedown } | { kind: "full" } | { kind: "missing" };

/**
 * Blocks something in a zone, or gives the block another reference, and raises the zone's version, in one transaction with an
 * entry in the audit log.
 */
export async function insertTakedown(
  db: D1Database,
  zone: TakenZone,
  takedown: Pick<Takedown, "id" | "kind" | "value" | "reference">,
  by: Pick<Actor, "address" | "requestId">,
  now: number,
): Promise<NewTakedown> {
  const { id, kind, value, reference } = takedown;
  const insert = db
    .prepare(
      `INSERT INTO takedowns (id, account_id, zone, kind, value, reference, created_at)
       SELECT ?1, account_id, name, ?3, ?4, ?5, ?6 FROM zones
       WHERE zones.id = ?2 AND state <> 'deleted'
         AND ((SELECT COUNT(*) FROM takedowns WHERE zone = zones.name AND account_id = zones.account_id) < ?7
              OR EXISTS (SELECT 1 FROM takedowns WHERE zone = zones.name AND account_id = zones.account_id
                         AND kind = ?3 AND value = ?4))
       ON CONFLICT (zone, account_id, kind, value) DO UPDATE SET reference = excluded.reference
       RETURNING ${COLUMNS}`,
    )
    .bind(id, zone.id, kind, value, reference, now, BOUNDS.takedowns.rows);
  const entry = { action: "zone.takedown", target: zone.id, before: null, after: { kind, value, reference } };
  const [inserted] = await db.batch<Takedown>([
    insert,
    auditStatement(db, operatorOn(zone, by), entry, now),
    raise(db, zone.name, zone.account),
  ]);
  const made = inserted?.results[0];
  if (made !== undefined) return { kind: "taken-down", takedown: made };
  return (await zoneOfName(db, zone.name))?.id === zone.id ? { kind: "full" } : { kind: "missing" };
}

/** Lifts a takedown and returns it; null: there is none. */
export async function liftTakedown(
  db: D1Database,
  id: string,
  by: Pick<Actor, "address" | "requestId">,
  now: number,
): Promise<Takedown | null> {
  const found = await db.prepare(`SELECT ${COLUMNS} FROM takedowns WHERE id = ?1`).bind(id).first<Takedown>();
  if (found === null) return null;
  const zone = await zoneOfName(db, found.zone);
  const { kind, value, reference, account } = found;
  const isTheirs = zone?.account === account;
  const actor = operatorOn(isTheirs ? zone : { account, mode: "live" }, by);
  const target = isTheirs ? zone.id : found.zone;
  const entry = { action: "zone.takedown_lift", target, before: { kind, value, reference }, after: null };
  const [lifted] = await db.batch([
    db.prepare("DELETE FROM takedowns WHERE id = ?1").bind(id),
    auditStatement(db, actor, entry, now),
    raise(db, found.zone, account),
  ]);
  return lifted?.meta.changes ? found : null;
}

/** A takedown as D1 holds it, with the account that owns the zone. */
export type StoredTakedown = Pick<Takedown, "kind" | "value" | "reference" | "account">;

/** Reads what is taken down under a name, whoever owns it, for {@link readTakedowns}. */
export function takedownsStatement(db: D1Database, name: string): D1PreparedStatement {
  return db
    .prepare(
      "SELECT kind, value, reference, account_id AS account FROM takedowns WHERE zone = ?1 ORDER BY created_at, id",
    )
    .bind(name);
}

/** What the document of an account's zone says about its takedowns; undefined: there are none. */
export function readTakedowns(
  rows: readonly StoredTakedown[],
  account: string,
  query: ZoneSettings["query"],
): Takedowns | undefined {
  const results = rows.filter((row) => row.account === account);
  if (results.length === 0) return undefined;
  const paths: Record<string, string> = {};
  const urls: Record<string, string> = {};
  const prefixes: [string, string][] = [];
  for (const { kind, value, reference } of results) {
    if (kind === "path") paths[value] = reference;
    else if (kind === "prefix") prefixes.push([value, reference]);
    // By today's query rule. A change of the rule can only make it cover more queries.
    else urls[withQuery(value, query)] = reference;
  }
  return { paths, urls, prefixes };
}

function withQuery(pathAndQuery: string, query: ZoneSettings["query"]): string {
  const at = pathAndQuery.indexOf("?");
  return at === -1 ? pathAndQuery : pathAndQuery.slice(0, at) + normaliseQuery(pathAndQuery.slice(at), query);
}

function raise(db: D1Database, name: string, account: string): D1PreparedStatement {
  return db
    .prepare("UPDATE zones SET version = version + 1 WHERE name = ?1 AND account_id = ?2 AND state <> 'deleted'")
    .bind(name, account);
}

function operatorOn({ account, mode }: Pick<TakenZone, "account" | "mode">, by: Pick<Actor, "address" | "requestId">) {
  return { ...by, account, mode, actor: "operator" };
}
