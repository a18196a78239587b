import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { projectRoot } from "../../../src/server/project.ts";
import { listen } from "../../origins/listen.ts";
import { Cloudflare } from "./cloudflare.ts";

/** How a call of `npm run deploy` ended. */
export interface Deployed {
  code: number | null;
  said: string;
  wrong: string;
}

/** A deployment to a {@link Cloudflare} of this machine, with a server that stands in for the network in front of the Worker. */
export async function deploying() {
  const cloudflare = new Cloudflare();
  const api = await cloudflare.start();
  const home = mkdtempSync(join(tmpdir(), "rescdn-deploy-test-"));
  const network = {
    /** Why a version is not ready, by its id; what is not named is. */
    unready: (_version: string): string | null => null,
    zones: new Set<string>(),
    accounts: [] as string[],
  };
  const server = createServer((request, response) => {
    const { host = "", authorization = "" } = request.headers;
    const say = (status: number, body: object, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(body));
    };
    const version = cloudflare.current(host.includes("staging") ? "rescdn-staging" : "rescdn");
    if (version === undefined) return say(530, {});
    if (!host.startsWith("api.")) {
      const zone = host.slice(0, host.indexOf("."));
      if (!network.zones.has(zone))
        return say(404, { error: "no such zone" }, { "cache-status": "ResCDN; detail=unknown-zone" });
      return say(200, {}, { "cache-status": "ResCDN; hit", "x-cache": "HIT" });
    }
    if (request.url === "/admin/accounts") {
      network.accounts.push(authorization);
      return say(201, { keys: { live: "rk_live_x" } });
    }
    if (request.url === "/v1/zones") {
      network.zones.add("deploy-check");
      return say(201, {});
    }
    const reason = network.unready(version.id);
    return reason === null
      ? say(200, { status: "ok", version: version.id })
      : say(503, { status: "not ready", reason });
  });
  const edge = await listen(server);
  return {
    cloudflare,
    network,
    /** The operator's token, in the environment of later calls; undefined: it is not there. */
    adminToken: undefined as string | undefined,
    async deploy(...args: string[]): Promise<Deployed> {
      const child = spawn(process.execPath, ["src/server/deploy.ts", "--at", edge.url, ...args], {
        cwd: projectRoot,
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          PATH: process.env.PATH,
          HOME: home,
          CLOUDFLARE_API_TOKEN: "token",
          CLOUDFLARE_API_BASE_URL: api.url,
          DEPLOY_PATIENCE_MS: "0",
          ...(this.adminToken !== undefined && { ADMIN_TOKEN: this.adminToken }),
        },
      });
      const [said, wrong, [code]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close") as Promise<[number | null]>,
      ]);
      return { code, said, wrong };
    },
    async close() {
      await Promise.all([api.close(), edge.close()]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
