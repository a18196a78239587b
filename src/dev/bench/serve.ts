import { join } from "node:path";
import { projectRoot } from "../project.ts";
import type { Server } from "./contender.ts";
import { processTree } from "./process-stat.ts";
import { startProcess } from "./processes.ts";
import { request } from "./request.ts";

const API_HOST = "api.rescdn.localhost";
const ADMIN_TOKEN = "operator";

/** The variables that every server of ours gets. */
export const SERVE_VARS = { ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" };

/** What keeps the memory tier from taking anything in. */
export const WITHOUT_MEMORY = { MEMORY_BYTES: "0", MEMORY_OBJECT_BYTES: "0" };

/** Starts the real `npm run serve` with its state in `stateDir`. */
export async function startServe(stateDir: string, env: Record<string, string> = {}): Promise<Server> {
  const server = startProcess(process.execPath, [join(projectRoot, "src/dev/serve.ts")], {
    env: { HOST: "127.0.0.1", PORT: "0", STATE_DIR: stateDir, ...SERVE_VARS, ...env },
  });
  const port = Number(await server.line(/^ready http:\/\/127\.0\.0\.1:(\d+)$/m));
  // The Node process beside it only waits for signals.
  return { port, pids: processTree(server.pid, "workerd"), stop: server.stop };
}

/** Makes an account and a zone through the API, with every setting at its default. */
export async function createZone(port: number, name: string, origin: string): Promise<void> {
  const account = await request(port, API_HOST, "/admin/accounts", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    json: { name: "Bench", email: "bench@example.com" },
  });
  if (account.status !== 201) throw new Error(`account: ${account.status} ${account.body}`);
  const { keys } = JSON.parse(account.body.toString()) as { keys: { live: string } };
  const zone = await request(port, API_HOST, "/v1/zones", {
    method: "POST",
    headers: { "X-ResCDN-Key": keys.live },
    json: { name, origin },
  });
  if (zone.status !== 201) throw new Error(`zone: ${zone.status} ${zone.body}`);
}
