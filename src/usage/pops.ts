import { DAY_MS } from "./hours.ts";

/** How long a location counts after it was last seen. Purges count these as nodes. */
const SEEN_DAYS = 30;

/** Notes in D1 that a location serves. @param now ms since the epoch */
export async function seePop(db: D1Database, pop: string, now: number): Promise<void> {
  await db
    .prepare(
      `INSERT INTO pops (pop, seen_at) VALUES (?1, ?2)
       ON CONFLICT DO UPDATE SET seen_at = MAX(seen_at, excluded.seen_at)`,
    )
    .bind(pop, now)
    .run();
}

/** How many locations serve, see {@link popsStatement}. @param now ms since the epoch */
export async function countPops(db: D1Database, now: number): Promise<number> {
  return readPops((await popsStatement(db, now).all()).results);
}

/** Reads how many locations have served somebody in the last 30 days: for {@link readPops}. @param now ms since the epoch */
export function popsStatement(db: D1Database, now: number): D1PreparedStatement {
  return db.prepare("SELECT COUNT(*) AS pops FROM pops WHERE seen_at >= ?1").bind(now - SEEN_DAYS * DAY_MS);
}

/** At least the one that asks counts. */
export function readPops(rows: readonly unknown[]): number {
  const [seen] = rows as { pops: number }[];
  return Math.max(seen?.pops ?? 0, 1);
}
