/** The state of a hostname's certificate. */
export interface Certificate {
  hostname: string;
  /** Id of the zone that has the hostname; null: nobody has it now. */
  zone: string | null;
  /**
   * `waiting`: yet to be ordered. `pending`: Cloudflare checks whether the hostname leads here. `moved`: it leads elsewhere,
   * and Cloudflare does not check again until asked to. `failed`: it cannot be ordered.
   */
  state: "waiting" | "pending" | "active" | "moved" | "failed";
  /** A sentence without its full stop; null: nothing to say. */
  reason: string | null;
}

/** The certificates of several hostnames, by hostname. */
export async function certificatesOf(
  db: D1Database,
  hostnames: readonly string[],
): Promise<ReadonlyMap<string, Certificate>> {
  const { results } = await db
    .prepare(
      `SELECT hostname, zone_id AS zone, certificate_state AS state, certificate_reason AS reason FROM hosts
       WHERE hostname IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(hostnames))
    .all<Certificate>();
  return new Map(results.map((row) => [row.hostname, row]));
}
