import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SERVE_VARS } from "../../bench/serve.ts";
import { startWorker } from "../../bench/worker-process.ts";
import { request } from "../../server/request.ts";
import { startUsageOrigin } from "./origin.ts";
import { differences, Tally, type UsageReport } from "./tally.ts";

const API = "api.rescdn.localhost";
const LARGE = 3_145_728;
const wrapper = fileURLToPath(new URL("failing-meter.ts", import.meta.url));

/** How the run went. */
export interface UsageRun {
  requests: number;
  seconds: number;
  bytes: number;
  /** Calls that added a batch to a meter, and those that failed before and after it was added. */
  calls: { all: number; refused: number; unanswered: number };
  /** Where the reports differ from what the clients saw. */
  differences: string[];
}

interface Zone {
  id: string;
  host: string;
  key: string;
  tally: Tally;
}

/** One way to ask. */
interface Kind {
  weight: number;
  zones: "usual" | "paused" | "aborts";
  path(index: number): string;
  method?: string;
  headers?: Record<string, string>;
  /** Leaves after the first bytes. */
  leaves?: boolean;
}

const KINDS: Kind[] = [
  { weight: 30, zones: "usual", path: (n) => `/bytes/1000/${n % 50}` },
  { weight: 10, zones: "usual", path: (n) => `/bytes/${(n * 7) % 5_000}/once-${n}` },
  { weight: 8, zones: "usual", path: (n) => `/bytes/1000/${n % 50}`, method: "HEAD" },
  { weight: 8, zones: "usual", path: (n) => `/bytes/1000/${n % 50}`, headers: { "If-None-Match": '"1000"' } },
  { weight: 8, zones: "usual", path: () => "/bytes/200000/parts", headers: { Range: "bytes=1000-1999" } },
  { weight: 2, zones: "usual", path: () => `/bytes/${LARGE}/parts`, headers: { Range: "bytes=2000000-2049999" } },
  { weight: 1, zones: "usual", path: () => "/bytes/200000/parts", headers: { Range: "bytes=200000-" } },
  { weight: 6, zones: "usual", path: (n) => `/text-${n % 10}.css`, headers: { "Accept-Encoding": "br" } },
  { weight: 6, zones: "usual", path: (n) => `/text-${n % 10}.css`, headers: { "Accept-Encoding": "gzip" } },
  { weight: 1, zones: "usual", path: (n) => `/text-once-${n}.css`, headers: { "Accept-Encoding": "gzip" } },
  { weight: 6, zones: "usual", path: (n) => `/missing-${n % 20}` },
  { weight: 3, zones: "usual", path: () => "/bytes/1000/0", method: "POST" },
  { weight: 2, zones: "usual", path: () => "/bytes/1000/0", method: "OPTIONS" },
  { weight: 2, zones: "usual", path: (n) => `/fails-${n}` },
  { weight: 2, zones: "usual", path: (n) => `/bytes/1000/none-${n}`, headers: { "Cache-Control": "only-if-cached" } },
  { weight: 1, zones: "usual", path: () => `/bytes/${LARGE}/whole` },
  { weight: 2, zones: "paused", path: () => "/bytes/1000/0" },
  { weight: 1, zones: "aborts", path: (n) => `/bytes/${LARGE}/${n % 5}`, leaves: true },
  { weight: 1, zones: "aborts", path: (n) => `/bytes/${LARGE}/once-${n % 100}`, leaves: true },
];

/**
 * Puts a mixed load on the product, on its own workerd, and compares what `GET /v1/usage` says afterwards with what the
 * clients saw. @param failsEvery see `failing-meter.ts`: 100 is 1 % of the calls
 */
export async function runUsageLoad(requests: number, failsEvery: number): Promise<UsageRun> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-usage-"));
  const origin = await startUsageOrigin();
  const vars = { ...SERVE_VARS, METER_FAILS_EVERY: String(failsEvery) };
  const server = await startWorker({ script: "rescdn", folder, vars, wrapper });
  try {
    const zones = await makeZones(server.port, origin.url);
    const began = performance.now();
    await putLoad(server.port, zones, requests);
    const seconds = (performance.now() - began) / 1_000;
    const found = await compareReports(server.port, zones);
    const calls = JSON.parse((await request(server.port, API, "/.meter")).body) as UsageRun["calls"];
    const bytes = zones.all.reduce((sum, { tally }) => sum + tally.bytes, 0);
    return { requests, seconds, bytes, calls, differences: found };
  } finally {
    await server.stop();
    await origin.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Zones {
  all: Zone[];
  usual: Zone[];
  paused: Zone[];
  aborts: Zone[];
}

/** Zones of two accounts, live and test. */
async function makeZones(port: number, origin: string): Promise<Zones> {
  const call = async (method: string, path: string, headers: Record<string, string>, body: object) => {
    const answer = await request(port, API, path, { method, headers, body });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
    return JSON.parse(answer.body) as { id: string; keys: { live: string; test: string } };
  };
  const zones: Zones = { all: [], usual: [], paused: [], aborts: [] };
  for (const account of ["one", "two"]) {
    const operator = { Authorization: `Bearer ${SERVE_VARS.ADMIN_TOKEN}` };
    const owner = { name: account, email: `${account}@example.com` };
    const { keys } = await call("POST", "/admin/accounts", operator, owner);
    for (const [use, key] of [
      ["usual", keys.live],
      ["usual", keys.live],
      ["usual", keys.test],
      ["paused", keys.live],
      ["aborts", keys.live],
    ] as const) {
      const name = `zone-${zones.all.length}`;
      const { id } = await call("POST", "/v1/zones", { "X-ResCDN-Key": key }, { name, origin });
      if (use === "paused") await call("PATCH", `/v1/zones/${id}`, { "X-ResCDN-Key": key }, { active: false });
      const zone = { id, key, host: `${name}.rescdn.localhost`, tally: new Tally() };
      zones.all.push(zone);
      zones[use].push(zone);
    }
  }
  return zones;
}

const CLIENTS = 48;

async function putLoad(port: number, zones: Zones, requests: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const turns = KINDS.flatMap((kind) => Array.from({ length: kind.weight }, () => kind));
  let next = 0;
  const client = async () => {
    while (next < requests) {
      const index = next++;
      // A step that shares no factor with the number of turns, so that kinds and zones mix.
      const kind = turns[(index * 37) % turns.length]!;
      const among = zones[kind.zones];
      await ask(port, agent, among[Math.floor(index / 3) % among.length]!, kind, index);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
}

/** One request, counted as the client sees it. */
function ask(port: number, agent: Agent, zone: Zone, kind: Kind, index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: "127.0.0.1",
        port,
        agent,
        method: kind.method ?? "GET",
        path: kind.path(index),
        headers: { ...kind.headers, Host: zone.host },
        timeout: 60_000,
      },
      (incoming) => {
        const status = incoming.statusCode ?? 0;
        const xCache = String(incoming.headers["x-cache"]);
        let bytes = 0;
        incoming.on("data", (chunk: Buffer) => {
          bytes += chunk.byteLength;
          if (kind.leaves) outgoing.destroy();
        });
        incoming.on("error", () => undefined); // "close" follows
        incoming.on("close", () => {
          if (!incoming.complete && !kind.leaves) return reject(new Error(`${kind.path(index)} broke off`));
          const size = Number(incoming.headers["content-length"] ?? bytes);
          zone.tally.add(status, xCache, bytes, incoming.complete ? 0 : size - bytes);
          resolve();
        });
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer to ${kind.path(index)} within 60 s`)));
    outgoing.on("error", reject); // after the answer has begun, its "close" comes first
    outgoing.end();
  });
}

/** How long the last counts may take to the meters, s. */
const PATIENCE_SECONDS = 30;

async function compareReports(port: number, { all }: Zones): Promise<string[]> {
  for (let second = 0; ; second++) {
    const found: string[] = [];
    for (const [key, zones] of Map.groupBy(all, (zone) => zone.key)) {
      // The whole account tells whether it is worth asking for each zone; keys have a rate limit.
      const whole = await usage(port, key, "");
      const made = zones.reduce((sum, { tally }) => sum + tally.requests, 0);
      if (whole.requests < made && second < PATIENCE_SECONDS) found.push("not all has arrived");
      else {
        if (whole.requests !== made) found.push(`account: ${whole.requests} requests reported, ${made} made`);
        for (const zone of zones) {
          found.push(...differences(zone.host, zone.tally, await usage(port, key, `?zone=${zone.id}`)));
        }
      }
    }
    if (found.length === 0 || second >= PATIENCE_SECONDS) return found;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

async function usage(port: number, key: string, query: string): Promise<UsageReport> {
  const answer = await request(port, API, `/v1/usage${query}`, { headers: { "X-ResCDN-Key": key } });
  if (answer.status !== 200) throw new Error(`usage was answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as UsageReport;
}
