import type { OperatorRequest } from "../accounts/operated-accounts.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import type { Env } from "../env.ts";

/** Who restores, for the audit logs. */
export type RestoredBy = OperatorRequest;

/** What a restore has to know about one kind of published document. */
export interface RestoredKind {
  /** Its table in D1, and its name in reports. */
  table: "accounts" | "zones" | "hosts" | "namespaces" | "records";
  /** The column with its name, and that with the version by which its documents are compared. */
  column: "id" | "name" | "hostname" | "key";
  counter: "version" | "revision";
  /** The prefix of its documents' keys in KV, before the name. */
  prefix: string;
  /** What the lack of a document means for a name; absent: nothing is served under it. */
  whereMissing?: Readonly<Record<string, unknown>>;
  /** Written after the versions are raised, in the same transaction. */
  statements?(db: D1Database, names: readonly string[], by: RestoredBy, now: number): D1PreparedStatement[];
  /** Publishes D1's state of a name: if it has no row, that it is deleted. */
  publish(env: Env, name: string): Promise<PublishResult<object>>;
  /** Removes a document without a row in D1, for kinds that publish nothing in its place. */
  remove?(env: Env, name: string): Promise<void>;
}

/** SQL: raises the newest row of each name; `?1` is JSON, `[[name, least version], …]`. */
export function raiseSql({ table, column, counter }: RestoredKind): string {
  return `UPDATE ${table} SET ${counter} = MAX(${table}.${counter} + 1, wanted.value ->> 1) FROM json_each(?1) AS wanted
          WHERE ${table}.${column} = wanted.value ->> 0
            AND ${table}.${counter} = (SELECT MAX(same.${counter}) FROM ${table} AS same WHERE same.${column} = ${table}.${column})`;
}

/** Names in D1, in order. @param after only those after this one */
export async function namesAfter(
  db: D1Database,
  { table, column }: RestoredKind,
  after: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(`SELECT DISTINCT ${column} AS name FROM ${table} WHERE ${column} > ?1 ORDER BY ${column} LIMIT ?2`)
    .bind(after, limit)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

/** The names, out of these, that have no row in D1. */
export async function unknownNames(
  db: D1Database,
  { table, column }: RestoredKind,
  names: readonly string[],
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT value AS name FROM json_each(?1) WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${table}.${column} = value)`,
    )
    .bind(JSON.stringify(names))
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}
