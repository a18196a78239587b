import { join } from "node:path";
import { projectRoot } from "../../src/server/project.ts";
import type { Server } from "./contender.ts";
import { processTree } from "./process-stat.ts";
import { type ProcessOptions, startProcess } from "./processes.ts";
import { request } from "./request.ts";

export const API_HOST = "api.rescdn.localhost";
const ADMIN_TOKEN = "operator-token-of-the-measurements";

/** The variables that every server of ours gets. */
export const SERVE_VARS = { ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" };

/** Keeps the memory tier from taking in anything. */
export const WITHOUT_MEMORY = { MEMORY_BYTES: "0", MEMORY_OBJECT_BYTES: "0" };

/** Starts the real `npm run serve` with its state in `stateDir`. */
export async function startServe(
  stateDir: string,
  env: Record<string, string> = {},
  options: ProcessOptions = {},
): Promise<Server> {
  const server = startProcess(process.execPath, [join(projectRoot, "src/server/serve.ts")], {
    ...options,
    env: { HOST: "127.0.0.1", PORT: "0", STATE_DIR: stateDir, ...SERVE_VARS, ...env, ...options.env },
  });
  const port = Number(await server.line(/^ready http:\/\/127\.0\.0\.1:(\d+)$/m));
  // The Node process beside it only waits for signals.
  return { port, pids: processTree(server.pid, "workerd"), stop: server.stop };
}

let accounts = 0;

/** Creates an account through the API, and returns its keys. */
async function createAccount(port: number): Promise<{ live: string; resolvedb: string }> {
  const account = await request(port, API_HOST, "/admin/accounts", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    json: { name: "Bench", email: `bench-${++accounts}@example.com` },
  });
  if (account.status !== 201) throw new Error(`account: ${account.status} ${account.body}`);
  return (JSON.parse(account.body.toString()) as { keys: { live: string; resolvedb: string } }).keys;
}

/** Creates an account and a ResolveDB record through the API. */
export async function createRecord(port: number, key: string, data: string): Promise<void> {
  const { resolvedb } = await createAccount(port);
  const record = await request(port, API_HOST, "/api/v1/records", {
    method: "POST",
    headers: { Authorization: `Bearer ${resolvedb}` },
    json: { record: { key, data: Buffer.from(data).toString("base64") } },
  });
  if (record.status !== 201) throw new Error(`record: ${record.status} ${record.body}`);
}

/**
 * Creates an account, whose key it returns, and a zone through the API, with default settings except those given.
 *
 * @param signingKey imported
 */
export async function createZone(
  port: number,
  name: string,
  origin: string,
  settings: Record<string, unknown> = {},
  signingKey: string | null = null,
): Promise<string> {
  const keys = await createAccount(port);
  const zone = await request(port, API_HOST, "/v1/zones", {
    method: "POST",
    headers: { "X-ResCDN-Key": keys.live },
    json: { name, origin, settings },
  });
  if (zone.status !== 201) throw new Error(`zone: ${zone.status} ${zone.body}`);
  if (signingKey === null) return keys.live;
  const key = await request(port, API_HOST, `/v1/zones/${name}/signing-keys`, {
    method: "POST",
    headers: { "X-ResCDN-Key": keys.live },
    json: { key: signingKey },
  });
  if (key.status !== 201) throw new Error(`signing key: ${key.status} ${key.body}`);
  return keys.live;
}
