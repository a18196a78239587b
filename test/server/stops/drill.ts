/** Stops a server under load, in one way, as often as one likes, and compares what clients got with what it has counted. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { processTree } from "../../bench/process-stat.ts";
import { ADMIN_TOKEN, type Keys, newAccount } from "../new-account.ts";
import { request } from "../request.ts";
import { type Load, startLoad } from "./load.ts";
import { type WayName, ways } from "./ways.ts";

/** What came of one stop. */
export interface Stop extends Load {
  workers: number;
  /** From the signal until the last process had gone, ms. */
  tookMs: number;
  /** Processes that were still there after ten seconds. */
  left: number;
  /** What was counted above what clients got; below it, negative. */
  requestsTooMany: number;
  bytesTooMany: number;
  /** Records that were acknowledged, and were not there after the next start. */
  written: number;
  lost: number;
  exitCode: number | null;
  stderr: string;
}

const API = "api.rescdn.localhost";
const EDGE = "shop.rescdn.localhost";
const QUICK = { path: "/site.css", body: "body { margin: 0 }\n" };
const SLOW = { path: "/slow.txt", body: "one line of many\n".repeat(12) };
/** Between two lines of {@link SLOW}, ms. */
const LINE_MS = 25;

/** Whoever is told to end is gone within this, ms. */
export const GONE_WITHIN_MS = 10_000;

/**
 * @param stateDir where the server keeps its state, from one stop to the next
 * @param workers how many processes it has each time
 */
export async function drill(way: WayName, stateDir: string, workers: readonly number[]): Promise<Stop[]> {
  const origin = await startOrigin();
  const stops: Stop[] = [];
  let keys: Keys | null = null;
  let counted = { requests: 0, bandwidth_bytes: 0 };
  let written: string[] = [];
  try {
    // Once more than it is stopped under load: the last start shows what the last stop has left.
    for (const count of [...workers, 1]) {
      const server = await start(way, stateDir, count);
      if (keys === null) {
        keys = await newAccount(server.port, "enterprise");
        const zone = { name: "shop", origin: `http://127.0.0.1:${(origin.address() as AddressInfo).port}` };
        const headers = { "X-ResCDN-Key": keys.live };
        const answer = await request(server.port, API, "/v1/zones", { method: "POST", headers, body: zone });
        if (answer.status !== 201) throw new Error(`no zone: ${answer.body}`);
      }
      const usage = await usageOf(server.port, keys);
      const last = stops.at(-1);
      if (last !== undefined) {
        last.requestsTooMany = usage.requests - counted.requests - last.answered;
        last.bytesTooMany = usage.bandwidth_bytes - counted.bandwidth_bytes - last.bytes;
        last.lost = await missing(server.port, keys, written);
      }
      counted = usage;
      if (stops.length === workers.length) {
        await server.stop();
        break;
      }
      const { load, end } = startLoad(server.port, EDGE, QUICK, SLOW);
      const writer = startWriter(server.port, keys);
      while (load.answered < 100 || writer.written.length < 3) await wait(5);
      const { tookMs, left, exitCode, stderr } = await server.stop();
      await Promise.all([end(), writer.end()]);
      written = writer.written;
      const unknown = { requestsTooMany: 0, bytesTooMany: 0, lost: 0 };
      stops.push({ ...load, ...unknown, workers: count, written: written.length, tookMs, left, exitCode, stderr });
    }
  } finally {
    origin.close();
    origin.closeAllConnections();
  }
  return stops;
}

async function startOrigin(): Promise<Server> {
  const origin = createServer(async (incoming, response) => {
    if (incoming.url !== SLOW.path) {
      response.writeHead(200, { "Content-Type": "text/css", "Cache-Control": "max-age=600" }).end(QUICK.body);
      return;
    }
    const length = String(SLOW.body.length);
    response.writeHead(200, { "Content-Type": "text/plain", "Cache-Control": "no-store", "Content-Length": length });
    for (const line of SLOW.body.split(/(?<=\n)/)) {
      response.write(line);
      await wait(LINE_MS);
    }
    response.end();
  }).listen(0, "127.0.0.1");
  await once(origin, "listening");
  return origin;
}

/** Starts `npm run serve`; what it returns stops it in its way. */
async function start(way: WayName, stateDir: string, workers: number) {
  const { start: startCommand, tell } = ways[way];
  const child = startCommand("npm run --silent serve", {
    HOST: "127.0.0.1",
    PORT: "0",
    STATE_DIR: stateDir,
    WORKERS: String(workers),
    ADMIN_TOKEN,
    ALLOW_PRIVATE_ORIGINS: "true",
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close") as Promise<[number | null]>;
  const port = await new Promise<number>((resolve, reject) => {
    const lines = createInterface(child.stdout!);
    lines.on("line", (line) => {
      const ready = /^ready http:\/\/127\.0\.0\.1:(\d+)\r?$/.exec(line);
      if (ready) resolve(Number(ready[1]));
      else stderr += `${line}\n`; // a terminal shows both alike
    });
    ended.then(([code]) => reject(new Error(`serve ended with ${code}: ${stderr}`)));
  });
  return {
    port,
    async stop() {
      const processes = processTree(child.pid!);
      const toldAt = performance.now();
      await tell(child);
      let left = processes.filter(isRunning);
      while (left.length > 0 && performance.now() - toldAt < GONE_WITHIN_MS) {
        await wait(10);
        left = left.filter(isRunning);
      }
      const tookMs = performance.now() - toldAt;
      for (const pid of left) process.kill(pid, "SIGKILL");
      const [exitCode] = await ended;
      return { tookMs, left: left.length, exitCode, stderr };
    },
  };
}

/** Writes records, one after the other, until nobody answers. */
function startWriter(port: number, { resolvedb }: Keys) {
  const written: string[] = [];
  const run = crypto.randomUUID().slice(0, 8);
  let isOver = false;
  const writing = (async () => {
    for (let n = 0; !isOver; n++) {
      const key = `config.r${run}-${n}.v1`;
      const init = { method: "POST", headers: { Authorization: `Bearer ${resolvedb}` } };
      const body = { record: { key, data: "eyJhIjoxfQ==" } };
      const answer = await request(port, API, "/api/v1/records", { ...init, body }).catch(() => null);
      if (answer === null) break;
      if (answer.status === 201) written.push((JSON.parse(answer.body) as { record: { id: string } }).record.id);
      await wait(20);
    }
  })();
  return {
    written,
    end() {
      isOver = true;
      return writing;
    },
  };
}

async function usageOf(port: number, { live }: Keys): Promise<{ requests: number; bandwidth_bytes: number }> {
  const answer = await request(port, API, "/v1/usage", { headers: { "X-ResCDN-Key": live } });
  if (answer.status !== 200) throw new Error(`no usage: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body) as { requests: number; bandwidth_bytes: number };
}

async function missing(port: number, { resolvedb }: Keys, ids: readonly string[]): Promise<number> {
  let lost = 0;
  for (const id of ids) {
    const headers = { Authorization: `Bearer ${resolvedb}` };
    const answer = await request(port, API, `/api/v1/records/${id}`, { headers });
    if (answer.status !== 200) lost++;
  }
  return lost;
}

/** Whether the process is still there. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
