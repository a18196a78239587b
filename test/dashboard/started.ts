import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoOrigin } from "../../src/server/demo-origin.ts";
import { listen } from "../origins/listen.ts";
import { startServe } from "../server/serve-process.ts";

/** A server whose dashboard browsers open, with what tests need of it. */
export interface Started {
  /** Of the dashboard: `http://localhost:…`. */
  origin: string;
  port: number;
  adminToken: string;
  /** An origin server for zones. */
  assets: string;
  /** Answers with all that the server has logged: the mails that it would send. */
  log: string;
}

export const OPERATOR = "operator@example.com";
/** Another, with an account of their own. */
export const SECOND_OPERATOR = "second-operator@example.com";

/** Starts the real server, an origin for its zones, and what shows its log. @param settings over those of tests */
export async function startDashboard(
  settings: Record<string, string> = {},
): Promise<Started & { stop(): Promise<void> }> {
  const stateDir = await mkdtemp(join(tmpdir(), "rescdn-dashboard-"));
  const adminToken = "what-the-operator-of-these-tests-shows";
  const server = await startServe({
    STATE_DIR: stateDir,
    ADMIN_TOKEN: adminToken,
    SIGN_IN_SECRET: "what-cookies-of-these-tests-are-signed-with",
    SIGN_UP: "open",
    OPERATORS: `${OPERATOR} ${SECOND_OPERATOR}`,
    ALLOW_PRIVATE_ORIGINS: "true",
    // Each context of a browser is another client.
    TRUSTED_PROXIES: "127.0.0.1 ::1",
    ...settings,
  });
  const assets = await listen(demoOrigin());
  const log = await listen(createServer((_, answer) => answer.end(server.stderr())));
  return {
    origin: `http://${settings.DASHBOARD_HOST ?? "localhost"}:${server.port}`,
    port: server.port,
    adminToken,
    assets: assets.url,
    log: log.url,
    async stop() {
      await Promise.all([server.stop(), assets.close(), log.close()]);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
