import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/server/project.ts";
import { processTree } from "../bench/process-stat.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { startServe, stopServers } from "./serve-process.ts";

const API = "api.rescdn.localhost";
const EDGE = "shop.rescdn.localhost";
const BODY = "body { margin: 0 }\n";

/** Whoever is told to end is gone within this, ms. */
const GONE_WITHIN_MS = 10_000;

let folder: string;
let origin: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rescdn-stopping-"));
  origin = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/css", "Cache-Control": "max-age=60" }).end(BODY);
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
});

afterAll(async () => {
  await stopServers();
  origin.close();
  await rm(folder, { recursive: true, force: true });
});

const sigtermToAll = (group: number) => process.kill(-group, "SIGTERM");

describe("npm run serve, under load, has answered and counted all when it has ended", () => {
  it.each<[string, string, (group: number) => void]>([
    ["1", "SIGTERM to its whole group, as a supervisor sends it", sigtermToAll],
    ["2", "Ctrl-C in a terminal, which is SIGINT to the whole group", (group) => process.kill(-group, "SIGINT")],
    ["2", "SIGTERM to the command alone", (group) => process.kill(group, "SIGTERM")],
    [
      "4",
      "SIGTERM to its whole group, twice",
      (group) => {
        sigtermToAll(group);
        sigtermToAll(group);
      },
    ],
  ])("WORKERS=%s, told by %s", async (workers, way, tell) => {
    const env = {
      HOST: "127.0.0.1",
      PORT: "0",
      STATE_DIR: join(folder, `${workers} ${way}`),
      WORKERS: workers,
      ADMIN_TOKEN,
      ALLOW_PRIVATE_ORIGINS: "true",
    };
    const child = spawn("npm", ["run", "--silent", "serve"], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true, // a group of its own, as a terminal and a supervisor make one
    });
    const ended = once(child, "close");
    const [ready] = (await once(createInterface(child.stdout), "line")) as [string];
    const port = Number(new URL(ready.slice("ready ".length)).port);
    const headers = { "X-ResCDN-Key": (await newAccount(port)).live };
    const body = { name: "shop", origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` };
    expect((await request(port, API, "/v1/zones", { method: "POST", headers, body })).status).toBe(201);
    const processes = processTree(child.pid!);

    let isOver = false;
    let answered = 0;
    const clients = Array.from({ length: 4 }, async () => {
      while (!isOver) {
        const answer = await request(port, EDGE, "/site.css").catch(() => null);
        if (answer === null) continue;
        expect([answer.status, answer.body]).toEqual([200, BODY]);
        answered++;
      }
    });
    while (answered < 200) await wait(5);
    const toldAt = performance.now();
    tell(child.pid!);
    await ended;
    expect(performance.now() - toldAt).toBeLessThan(GONE_WITHIN_MS);
    isOver = true;
    await Promise.all(clients);
    expect(processes.filter(isRunning), "processes left behind").toEqual([]);

    const again = await startServe({ ...env, WORKERS: "1" });
    const usage = JSON.parse((await request(again.port, API, "/v1/usage", { headers })).body);
    expect(await again.stop()).toBe(0);
    expect(usage.requests).toBeGreaterThanOrEqual(answered);
    // A client whose connection was reset after its request was answered has not seen the answer; there are four.
    expect(usage.requests).toBeLessThanOrEqual(answered + 4);
    expect(usage.bandwidth_bytes).toBe(usage.requests * BODY.length);
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
