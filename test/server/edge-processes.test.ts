import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { processTree } from "../bench/process-stat.ts";
import { listeningSockets } from "./attack/listening.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { ServeFailed, type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const EDGE = "shop.rescdn.localhost";
const PATH = "/assets/site.css";
/** Each over a connection of its own: that all of them reach one of two processes does not happen. */
const REQUESTS = 60;

const stateDir = temporaryFolder("processes");
let origin: Server;
let originRequests = 0;

beforeAll(async () => {
  origin = createServer((_request, response) => {
    originRequests++;
    response.writeHead(200, { "Content-Type": "text/css" }).end(`body{order:${originRequests}}`);
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await stopServers();
  origin.close();
});

const serve = (env: Record<string, string>) =>
  startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", ...env });

async function statusesOf(server: ServeProcess): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (let n = 0; n < REQUESTS; n++) {
    const { status, headers } = await request(server.port, EDGE, PATH);
    const name = `${status} ${headers["x-cache"]}`;
    statuses[name] = (statuses[name] ?? 0) + 1;
  }
  return statuses;
}

describe("npm run serve with WORKERS=2", () => {
  it("serves a zone from two processes, purges it in both at once, and has counted all of it when it ends", async () => {
    const first = await serve({ WORKERS: "2" });
    const headers = { "X-ResCDN-Key": (await newAccount(first.port)).live };

    // Both processes look for the zone before it exists, and may remember that it does not.
    expect(await statusesOf(first)).toEqual({ "404 BYPASS": REQUESTS });
    const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    const zone = { name: "shop", origin: url };
    expect((await request(first.port, API, "/v1/zones", { method: "POST", headers, body: zone })).status).toBe(201);

    // Each process has a cache of its own: two misses are two processes. They ask the origin through the control process.
    const eachOnce = { "200 MISS": 2, "200 HIT": REQUESTS - 2 };
    expect(await statusesOf(first)).toEqual(eachOnce);
    expect(originRequests).toBe(1);
    const purge = await request(first.port, API, `/v1/purge?zone=shop&path=${PATH}`, { headers });
    expect(purge.status, purge.body).toBe(200);
    expect(await statusesOf(first)).toEqual(eachOnce);
    expect(originRequests).toBe(2);
    expect(await first.stop()).toBe(0);

    const second = await serve({});
    const usage = await request(second.port, API, "/v1/usage", { headers });
    expect(JSON.parse(usage.body)).toMatchObject({ requests: 2 * REQUESTS, bandwidth_bytes: 2 * REQUESTS * 13 });
    expect(await second.stop()).toBe(0);
  });

  describe("while it runs", () => {
    let server: ServeProcess;
    beforeAll(async () => {
      server = await serve({ WORKERS: "2", STATE_DIR: join(stateDir, "running") });
    });
    afterAll(async () => {
      expect(await server.stop()).toBe(0);
    });

    it("suspends an account and takes a URL down in both processes at once, and serves both again out of their caches", async () => {
      const headers = { "X-ResCDN-Key": (await newAccount(server.port)).live };
      const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
      const zone = { name: "shop", origin: url };
      expect((await request(server.port, API, "/v1/zones", { method: "POST", headers, body: zone })).status).toBe(201);
      expect(await statusesOf(server)).toEqual({ "200 MISS": 2, "200 HIT": REQUESTS - 2 });
      const operate = (method: string, path: string, body?: object) =>
        request(server.port, API, `/admin${path}`, {
          method,
          headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
          body,
        });
      const me = JSON.parse((await request(server.port, API, "/v1/me", { headers })).body) as {
        account: { id: string };
      };

      expect((await operate("POST", `/accounts/${me.account.id}/suspend`, { reason: "abuse" })).status).toBe(200);
      expect(await statusesOf(server)).toEqual({ "403 BYPASS": REQUESTS });
      expect((await operate("POST", `/accounts/${me.account.id}/resume`)).status).toBe(200);
      expect(await statusesOf(server)).toEqual({ "200 HIT": REQUESTS });

      const order = { url: `https://shop.rescdn.io${PATH}`, reference: "DSA-1" };
      const taken = await operate("POST", "/takedowns", order);
      expect(await statusesOf(server)).toEqual({ "451 BYPASS": REQUESTS });
      const { takedown } = JSON.parse(taken.body) as { takedown: { id: string } };
      expect((await operate("DELETE", `/takedowns/${takedown.id}`)).status).toBe(204);
      expect(await statusesOf(server)).toEqual({ "200 HIT": REQUESTS });
    });

    it("answers names in both processes as soon as a write is answered, out of D1 as well", async () => {
      const { resolvedb } = await newAccount(server.port);
      const ask = (name: string) => request(server.port, API, `/resolve?type=TXT&name=${name}.resolvedb.net`);
      for (let n = 0; n < 20; n++) expect((await ask("get.config.demo.v1")).body).toContain("E004");
      const created = await request(server.port, API, "/api/v1/records", {
        method: "POST",
        headers: { Authorization: `Bearer ${resolvedb}` },
        body: { record: { key: "config.demo.v1", data: "eyJhIjoxfQ==" } },
      });
      expect(created.status, created.body).toBe(201);
      for (let n = 0; n < 20; n++) {
        expect((await ask("get.config.demo.v1")).body).toContain("s=ok");
        expect((await ask("list.demo.v1")).body).toContain('[\\"config\\"]');
      }
    });

    it("asks the origin once for what both processes are asked for at once, and itself while the control process is away", async () => {
      const headers = { "X-ResCDN-Key": (await newAccount(server.port)).live };
      const asked: string[] = [];
      const slow = createServer(({ url = "" }, response) => {
        asked.push(url);
        setTimeout(() => response.writeHead(200, { "Content-Type": "text/css" }).end("a{}"), 100);
      });
      await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
      const zone = { name: "slow", origin: `http://127.0.0.1:${(slow.address() as AddressInfo).port}` };
      expect((await request(server.port, API, "/v1/zones", { method: "POST", headers, body: zone })).status).toBe(201);
      const at = (path: string) => request(server.port, "slow.rescdn.localhost", path);
      const answers = await Promise.all(Array.from({ length: REQUESTS }, () => at("/a.css")));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(["200 a{}"]));
      expect(asked).toEqual(["/a.css"]);
      const above = answers
        .map(({ headers }) => String(headers["cache-status"]))
        .filter((said) => said.includes("shield"));
      expect(above.map((said) => said.split(", ")[0]).sort()).toEqual([
        "ResCDN-shield; fwd=miss; fwd-status=200; stored",
        "ResCDN-shield; hit",
      ]);

      const workerds = processTree(server.pid, "workerd");
      const names = await Promise.all(workerds.map(nameOf));
      process.kill(workerds[names.indexOf("control")]!, "SIGKILL");
      const { status, headers: said } = await at("/b.css");
      expect([status, String(said["cache-status"])]).toEqual([200, expect.stringContaining("ResCDN; fwd=uri-miss")]);
      slow.close();
    });
  });

  it("leaves no process and no socket behind, whether it is told to end or killed", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const server = await serve({ WORKERS: "2", STATE_DIR: join(stateDir, signal) });
      const workerds = processTree(server.pid, "workerd");
      expect(workerds).toHaveLength(3);
      const sockets = (await listeningSockets(server.pid)).find((address) => address.startsWith("unix:"))!;
      const folder = dirname(sockets.slice("unix:".length));
      const parents = new Set(await Promise.all(workerds.map(parentOf)));
      expect(parents.size).toBe(1);
      const processes = [...parents].flatMap((parent) => processTree(parent!));
      for (const parent of parents) process.kill(parent!, signal);
      const left = async () => (await Promise.all(processes.map(parentOf))).filter((parent) => parent !== null);
      await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: HEALTHY_WITHIN_MS, interval: 20 });
      expect((await server.ended) === 0).toBe(signal === "SIGTERM");
      expect(existsSync(folder), "where its sockets were").toBe(false);
    }
  });

  it("starts a process anew that crashed, and says meanwhile that the API is to be asked again", async () => {
    const server = await serve({ WORKERS: "2", STATE_DIR: join(stateDir, randomUUID()) });
    const before = processTree(server.pid, "workerd");
    const names = await Promise.all(before.map(nameOf));
    expect(names.toSorted()).toEqual(["control", "edge-1", "edge-2"]);

    const control = before[names.indexOf("control")]!;
    await crash([control]);
    expect(await statusesUntilHealthy(server)).toEqual(new Set([503, 200]));

    await crash(before.filter((pid) => pid !== control));
    // The socket outlives them: a connection may break, or wait for the new ones.
    const statuses = [...(await statusesUntilHealthy(server))];
    expect(statuses.filter((status) => ![REFUSED, 503].includes(status))).toEqual([200]);
    const after = processTree(server.pid, "workerd");
    expect(after.filter((pid) => !before.includes(pid))).toHaveLength(3);
    // The new processes call each other as the old ones did.
    const headers = { "X-ResCDN-Key": (await newAccount(server.port)).live };
    const zone = { name: "shop", origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` };
    expect((await request(server.port, API, "/v1/zones", { method: "POST", headers, body: zone })).status).toBe(201);
    expect(Object.keys(await statusesOf(server)).sort()).toEqual(["200 HIT", "200 MISS"]);
    expect(server.stderr()).not.toContain("edge_not_told");
    expect(await server.stop()).toBe(0);
  });

  it("says in one line that the port is taken, by a server of its kind as well, and what WORKERS may be", async () => {
    const server = await serve({ WORKERS: "2", STATE_DIR: join(stateDir, "taking") });
    const port = String(server.port);
    const taken = new RegExp(`^port ${port} on 127\\.0\\.0\\.1 is taken: .+\\n$`);
    expect(await failureOf({ WORKERS: "2", PORT: port })).toMatch(taken);
    expect(await failureOf({ WORKERS: "1", PORT: port })).toMatch(taken);
    expect(await server.stop()).toBe(0);
    for (const workers of ["0", "65", "-1", "1.5", "two"]) {
      expect(await failureOf({ WORKERS: workers })).toBe(`WORKERS is not a whole number from 1 to 64: ${workers}\n`);
    }
  });
});

/** For a connection that nobody takes, or that breaks. */
const REFUSED = 0;

/** A server that takes longer to be whole again, or to be gone, has failed, ms. */
const HEALTHY_WITHIN_MS = 60_000;

/** The statuses with which the API answers until it has answered 20 times in a row, in the order in which they came. */
async function statusesUntilHealthy(server: ServeProcess): Promise<Set<number>> {
  const statuses = new Set<number>();
  const since = Date.now();
  for (let healthy = 0; healthy < 20; ) {
    if (Date.now() - since > HEALTHY_WITHIN_MS) throw new Error(`not whole again, after ${[...statuses]}`);
    const { status } = await request(server.port, API, "/health").catch(() => ({ status: REFUSED }));
    statuses.add(status);
    healthy = status === 200 ? healthy + 1 : 0;
  }
  return statuses;
}

/** Has processes crash, and waits until they are gone: until then one may still answer. */
async function crash(pids: readonly number[]): Promise<void> {
  for (const pid of pids) process.kill(pid, "SIGKILL");
  const left = async () => (await Promise.all(pids.map(parentOf))).filter((parent) => parent !== null);
  await vi.waitFor(async () => expect(await left()).toEqual([]), { timeout: HEALTHY_WITHIN_MS, interval: 5 });
}

/** What {@link startEdgeProcesses} calls a workerd. */
async function nameOf(pid: number): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, "utf8");
  return /(?:^|\0)RESCDN_PROCESS=([^\0]*)/.exec(environment)?.[1];
}

/** What a server that does not start says on stderr. */
async function failureOf(env: Record<string, string>): Promise<string> {
  const failure = await startServe({ STATE_DIR: join(stateDir, "failed"), ...env }).then(
    async (server) => `started, ended with ${await server.stop()}`,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ServeFailed);
  expect((failure as ServeFailed).exitCode).toBe(1);
  return (failure as ServeFailed).stderr;
}

/** Null: the process is gone. */
async function parentOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const parent = /^PPid:\s+(\d+)$/m.exec(status)?.[1];
  return parent === undefined || /^State:\s+Z/m.test(status) ? null : Number(parent);
}
