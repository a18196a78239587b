import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processListeningOn } from "../origins/memory.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";

/** `npm run serve` with a zone and a cache that is looked at from outside. */
export interface CachedServer {
  readonly port: number;
  /** The zone's hostname. */
  readonly host: string;
  purge(order: Readonly<Record<string, unknown>>): Promise<void>;
  /** Bytes of disk that the cache takes. */
  disk(): number;
  /** The files in it, those that are being written as well. */
  files(): string[];
  log(): string;
  /** Stops the server by a signal and starts it again on the same state. */
  restart(signal?: "SIGTERM" | "SIGKILL", env?: Readonly<Record<string, string>>): Promise<void>;
  stop(): Promise<void>;
}

const API = "api.rescdn.localhost";

/** Starts it with nothing stored and nothing held in memory, so that each hit is one of the disk. */
export async function startCachedServer(
  origin: string,
  env: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<CachedServer> {
  const stateDir = await mkdtemp(join(tmpdir(), "rescdn-cache-"));
  const start = (over: Readonly<Record<string, string>> = {}): Promise<ServeProcess> =>
    startServe({
      STATE_DIR: stateDir,
      ADMIN_TOKEN,
      ALLOW_PRIVATE_ORIGINS: "true",
      MEMORY_BYTES: "0",
      ...env,
      ...over,
    });
  let server = await start();
  const account = await newAccount(server.port);
  const headers = { "X-ResCDN-Key": account.live };
  const body = { name: "shop", origin, settings };
  const answer = await request(server.port, API, "/v1/zones", { method: "POST", headers, body });
  if (answer.status !== 201) throw new Error(`no zone: ${answer.status} ${answer.body}`);

  const files = () =>
    readdirSync(join(stateDir, "cache"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  return {
    get port() {
      return server.port;
    },
    host: "shop.rescdn.localhost",
    async purge(order) {
      const purged = await request(server.port, API, "/v1/purge", {
        method: "POST",
        headers,
        body: { zone: "shop", ...order },
      });
      if (purged.status !== 200) throw new Error(`the purge was answered ${purged.status}: ${purged.body}`);
    },
    disk: () => files().reduce((bytes, path) => bytes + blocksOf(path), 0),
    files,
    log: () => server.stderr(),
    async restart(signal = "SIGTERM", over = {}) {
      if (signal === "SIGKILL") killOutright(server.port);
      await server.stop();
      server = await start(over);
    },
    async stop() {
      await server.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** What a file takes of the disk; none where it has just gone. */
function blocksOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

/** Ends workerd and the process above it; neither gets to finish anything. */
function killOutright(port: number): void {
  const workerd = processListeningOn(port);
  const parent = Number(readFileSync(`/proc/${workerd}/stat`, "utf8").split(") ")[1]?.split(" ")[1]);
  process.kill(parent, "SIGKILL");
  process.kill(workerd, "SIGKILL");
}
