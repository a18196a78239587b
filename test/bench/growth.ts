import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ASSETS, type Asset, BENCH_HOST } from "./assets.ts";
import type { Server } from "./contender.ts";
import { measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { forEachIndex, request } from "./request.ts";
import { createZone, startServe } from "./serve.ts";
import { median, type Summary, summarise } from "./summary.ts";
import { load, type Pattern, SATURATION } from "./wrk.ts";
import { seedZones, zoneName } from "./zone-seed.ts";

/** One row: what a request costs with a certain number of something. */
export interface Growth extends Omit<Summary, "contender"> {
  what: string;
  count: number;
  /** The share of requests that reached the origin. */
  missed: number;
}

const EDGE_DOMAIN = BENCH_HOST.slice(BENCH_HOST.indexOf(".") + 1);
const ROUNDS = 3;

/** What a request costs as the number of hot objects, or of zones, grows. */
export async function measureGrowth(options: Options, folder: string): Promise<Growth[]> {
  const [asset] = ASSETS;
  if (asset === undefined) throw new Error("no asset");
  return [...(await growObjects(asset, options, folder)), ...(await growZones(asset, options, folder))];
}

/** Objects of one zone, all stored before they are requested at random. */
async function growObjects(asset: Asset, options: Options, folder: string): Promise<Growth[]> {
  const growth: Growth[] = [];
  const origin = await startOrigin();
  const server = await startServe(join(folder, "growth-objects"));
  try {
    await createZone(server.port, "bench", origin.url);
    let stored = 0;
    for (const count of options.growth.objects) {
      console.error(`growth: ${count} objects`);
      await forEachIndex(count - stored, (index) =>
        store(server, BENCH_HOST, `${asset.path}?object=${stored + index + 1}`),
      );
      stored = count;
      growth.push(await row("hot objects", { kind: "objects", count }, server, asset, origin, options));
    }
    return growth;
  } finally {
    await server.stop();
    origin.stop();
  }
}

/** Zones in the table: first all requests go to one of them, then at random to all, each with one hot object. */
async function growZones(asset: Asset, options: Options, folder: string): Promise<Growth[]> {
  const growth: Growth[] = [];
  const origin = await startOrigin();
  const stateDir = join(folder, "growth-zones");
  mkdirSync(stateDir);
  try {
    const first = await startServe(stateDir);
    await createZone(first.port, "bench", origin.url);
    await first.stop();
    for (const count of options.growth.zones) {
      console.error(`growth: ${count} zones`);
      seedZones(stateDir, "bench", count);
      const server = await startServe(stateDir);
      try {
        await store(server, BENCH_HOST, asset.path);
        growth.push(
          await row("zones in the table, one asked", { kind: "same" }, server, asset, origin, options, count),
        );
        await forEachIndex(count, (index) => store(server, `${zoneName(index + 1)}.${EDGE_DOMAIN}`, asset.path));
        const pattern: Pattern = { kind: "zones", count, domain: EDGE_DOMAIN };
        growth.push(await row("zones in the table, all asked", pattern, server, asset, origin, options));
      } finally {
        await server.stop();
      }
    }
    return growth;
  } finally {
    origin.stop();
  }
}

async function store(server: Server, host: string, path: string): Promise<void> {
  const { status, body } = await request(server.port, host, path);
  if (status !== 200) throw new Error(`${host}${path} answers ${status}: ${body}`);
}

async function row(
  what: string,
  pattern: Pattern,
  server: Server,
  asset: Asset,
  origin: Origin,
  { seconds }: Options,
  count = "count" in pattern ? pattern.count : 1,
): Promise<Growth> {
  // Until memory has what is asked for most.
  await load(server.port, asset.path, pattern, SATURATION, seconds);
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    rounds.push(await measure(what, server, { asset, origin }, { pattern, pace: SATURATION, seconds }));
  }
  return {
    ...summarise(rounds)[0]!,
    what,
    count,
    missed: median(rounds.map(({ originRequests, requests }) => originRequests / requests)),
  };
}
