import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import { NEWEST_MIGRATION } from "../../src/db/newest-migration.ts";
import { handleApi } from "../support/handle-api.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** Of the same database, as if these migrations had been applied to it, by a condition or a further name. */
function seenBy(migrations: () => string): D1Database {
  const prepare = (sql: string) => env.DB.prepare(sql.replace("FROM d1_migrations", `FROM ${migrations()}`));
  return { prepare } as unknown as D1Database;
}

async function health(db: D1Database): Promise<{ status: number; body: unknown }> {
  const request = new Request("http://api.rescdn.io/health");
  const answer = await handleApi(request, { ...env, DB: db }, createExecutionContext());
  return { status: answer.status, body: await answer.json() };
}

it("GET /health is 503 until the newest migration is applied, and 200 from then on", async () => {
  let applied = "(SELECT name FROM d1_migrations WHERE name < '0010')";
  const db = seenBy(() => applied);
  const reason = `the database needs the migrations up to ${NEWEST_MIGRATION}`;
  for (const _ of [1, 2]) expect(await health(db)).toEqual({ status: 503, body: { status: "not ready", reason } });
  applied = "d1_migrations";
  for (const _ of [1, 2]) expect(await health(db)).toEqual({ status: 200, body: { status: "ok" } });
});

it("GET /health is 503 on the database of a newer version, and says which it needs", async () => {
  const newer = "(SELECT name FROM d1_migrations UNION ALL SELECT '9999_newer.sql')";
  expect(await health(seenBy(() => newer))).toEqual({
    status: 503,
    body: {
      status: "not ready",
      reason: `the database is of a newer version: it needs one that has 9999_newer.sql, and this one goes up to ${NEWEST_MIGRATION}`,
    },
  });
});

it("GET /health is 503, and says why in the log, while the database cannot be read", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const prepare = () => {
    throw new Error("D1_ERROR: the database is away");
  };
  expect(await health({ prepare } as unknown as D1Database)).toMatchObject({ status: 503 });
  expect(warn.mock.calls.flat().join()).toContain("not_ready");
});

it("GET /health looks for a migration that exists", async () => {
  const { results } = await env.DB.prepare("SELECT name FROM d1_migrations ORDER BY id").all<{ name: string }>();
  expect(results.at(-1)).toEqual({ name: NEWEST_MIGRATION });
});

it("GET /health says which version of the Worker answers, where the platform tells", async () => {
  const request = new Request("http://api.rescdn.io/health");
  const version = { id: "0155c2e1-8a02-404f-96b6-f280096fe836", tag: "", timestamp: "" };
  const answer = await handleApi(request, { ...env, VERSION: version }, createExecutionContext());
  expect(await answer.json()).toEqual({ status: "ok", version: version.id });
});
