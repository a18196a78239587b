import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN_TOKEN, newAccount } from "../server/new-account.ts";
import { request } from "../server/request.ts";
import { startServe } from "../server/serve-process.ts";

type Settings = Readonly<Record<string, unknown>>;

/** A running CDN with an account, reached over real sockets. */
export interface Cdn {
  port: number;
  /** Creates a zone through the API and gives its hostname, by which settings may be made. */
  zone(origin: string, settings?: Settings | ((host: string) => Settings)): Promise<string>;
  /** Purges a zone (by its hostname) through the API. */
  purge(host: string, order: Readonly<Record<string, unknown>>): Promise<void>;
  /** A zone's usage of this month, as the API gives it. @param host its hostname */
  usage(host: string): Promise<{ origin_errors: { reason: string; count: number }[] }>;
  /** All that the Worker has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

const API = "api.rescdn.localhost";

/** Starts `npm run serve` on a free port with nothing stored. */
export async function startCdn(env: Record<string, string> = {}): Promise<Cdn> {
  const stateDir = await mkdtemp(join(tmpdir(), "rescdn-origins-"));
  const server = await startServe({
    STATE_DIR: stateDir,
    ADMIN_TOKEN,
    ALLOW_PRIVATE_ORIGINS: "true",
    ...env,
  });
  const { port } = server;
  const headers = { "X-ResCDN-Key": (await newAccount(port)).live };
  let zones = 0;
  return {
    port,
    async zone(origin, settings = {}) {
      const name = `zone-${++zones}`;
      const host = `${name}.rescdn.localhost`;
      const answer = await request(port, API, "/v1/zones", {
        method: "POST",
        headers,
        body: { name, origin, settings: typeof settings === "function" ? settings(host) : settings },
      });
      if (answer.status !== 201) throw new Error(`no zone: ${answer.status} ${answer.body}`);
      return host;
    },
    async purge(host, order) {
      const body = { zone: host.split(".")[0], ...order };
      const answer = await request(port, API, "/v1/purge", { method: "POST", headers, body });
      if (answer.status !== 200) throw new Error(`the purge was answered ${answer.status}: ${answer.body}`);
    },
    async usage(host) {
      const answer = await request(port, API, `/v1/usage?zone=${host.split(".")[0]}`, { headers });
      if (answer.status !== 200) throw new Error(`the usage was answered ${answer.status}: ${answer.body}`);
      return JSON.parse(answer.body);
    },
    log: server.stderr,
    async stop() {
      await server.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
