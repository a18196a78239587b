import { env } from "cloudflare:workers";

/** Does what `d1 time-travel restore` does. */
export interface EarlierDatabase {
  /** Brings D1 back to its earlier state, and touches nothing else. */
  bringBack(): Promise<void>;
}

/** Remembers the current state of D1, except its answers to idempotent calls. */
export async function rememberDatabase(): Promise<EarlierDatabase> {
  const { results: tables } = await env.DB.prepare(
    `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'
       AND name NOT IN ('d1_migrations', 'idempotency_keys') ORDER BY name`,
  ).all<{ name: string }>();
  const held = await Promise.all(
    tables.map(async ({ name }) => {
      const [columns = [], ...rows] = await env.DB.prepare(`SELECT * FROM ${name}`).raw({ columnNames: true });
      return { name, columns, rows };
    }),
  );
  return {
    async bringBack() {
      await env.DB.batch([
        env.DB.prepare("PRAGMA defer_foreign_keys = on"),
        env.DB.prepare("DELETE FROM idempotency_keys"),
        ...held.flatMap(({ name, columns, rows }) => [
          env.DB.prepare(`DELETE FROM ${name}`),
          env.DB.prepare(
            `INSERT INTO ${name} (${columns.join()}) SELECT ${columns.map((_, at) => `value ->> ${at}`).join()} FROM json_each(?1)`,
          ).bind(JSON.stringify(rows)),
        ]),
      ]);
    },
  };
}
