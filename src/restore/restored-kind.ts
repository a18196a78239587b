import type { OperatorRequest } from "../accounts/operated-accounts.ts";
import type { PublishResult } from "../documents/document-publisher.ts";
import type { Env } from "../env.ts";

/** Who restores, for the audit logs. */
export type RestoredBy = OperatorRequest;

/** What a restore has to know of one kind of what is published by name. */
export interface RestoredKind {
  /** Its table in D1, and what reports call it. */
  table: "accounts" | "zones" | "hosts" | "namespaces" | "records";
  /** The column of its name, and that of the version that its documents are compared by. */
  column: "id" | "name" | "hostname" | "key";
  counter: "version" | "revision";
  /** How the keys of its documents in KV begin; the name follows. */
  prefix: string;
  /** What it means that there is no document of a name; left out: that nothing is served under it. */
  whereMissing?: Readonly<Record<string, unknown>>;
  /** What is written behind the raising of versions, in the same transaction. */
  statements?(db: D1Database, names: readonly string[], by: RestoredBy, now: number): D1PreparedStatement[];
  /** Publishes what D1 says of a name: where it has no row, that it is deleted. */
  publish(env: Env, name: string): Promise<PublishResult<object>>;
  /** Does away with a document that D1 has no row for, where nothing is published in its place. */
  remove?(env: Env, name: string): Promise<void>;
}

/** SQL: raises the newest row of each name; `?1` is JSON, `[[name, least version], …]`. */
export function raiseSql({ table, column, counter }: RestoredKind): string {
  return `UPDATE ${table} SET ${counter} = MAX(${table}.${counter} + 1, wanted.value ->> 1) FROM json_each(?1) AS wanted
          WHERE ${table}.${column} = wanted.value ->> 0
            AND ${table}.${counter} = (SELECT MAX(same.${counter}) FROM ${table} AS same WHERE same.${column} = ${table}.${column})`;
}

/** Names that D1 has, in order. @param after those behind it */
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

/** Those of some names that D1 has no row of. */
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
