import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { boundPauses } from "../../src/server/miniflare-options.ts";
import { ASSETS, type Asset, BENCH_HOST } from "./assets.ts";
import { type Collection, parseCollection } from "./collection.ts";
import type { Server } from "./contender.ts";
import { measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { forEachIndex, request } from "./request.ts";
import { createZone, startServe } from "./serve.ts";
import { median, percentile } from "./summary.ts";
import { paceFor } from "./turns.ts";
import { load, type Pace, type Pattern, SATURATION } from "./wrk.ts";

const MIB = 1_048_576;

/** How `serve` performs with a certain size of memory, while more is hot than fits into the smallest. */
export interface MemorySize {
  bytes: number;
  objects: number;
  /** As fast as possible. */
  saturation: Round[];
  /** At a quarter of the rate that the smallest memory reaches. */
  quarter: Round[];
  /** Pauses for garbage collection in all these rounds, ms. */
  pauses: { p99: number; max: number };
}

/**
 * Measures what a larger MEMORY_BYTES brings, and what its pauses cost. All sizes use one local cache, which is filled first.
 */
export async function measureMemory({ rounds, seconds, growth }: Options, folder: string): Promise<MemorySize[]> {
  const [asset] = ASSETS;
  if (asset === undefined) throw new Error("no asset");
  const objects = Math.max(...growth.objects);
  const pattern: Pattern = { kind: "objects", count: objects };
  const own = join(folder, "memory");
  mkdirSync(own);
  const origin = await startOrigin();
  const sizes: MemorySize[] = [];
  let pace: Pace | null = null;
  try {
    await store(objects, asset, origin, own);
    for (const bytes of [32, 64, 256, 1_024].map((size) => size * MIB)) {
      console.error(`memory: ${bytes / MIB} MiB`);
      const collections: Collection[] = [];
      const server = await startWatched(bytes, own, collections);
      const turns = async (at: Pace): Promise<Round[]> => {
        const taken: Round[] = [];
        for (let round = 0; round < rounds; round++) {
          taken.push(await measure("ResCDN", server, { asset, origin }, { pattern, pace: at, seconds }));
        }
        return taken;
      };
      try {
        // Until memory has what is asked for most.
        await askForEach(objects, asset, server);
        await load(server.port, asset.path, pattern, SATURATION, seconds);
        collections.length = 0;
        const saturation = await turns(SATURATION);
        pace ??= paceFor(median(saturation.map(({ rate }) => rate)) / 4);
        const quarter = await turns(pace);
        const lasted = collections.map(({ pauseMs }) => pauseMs);
        const pauses = { p99: percentile(lasted, 0.99), max: percentile(lasted, 1) };
        sizes.push({ bytes, objects, saturation, quarter, pauses });
      } finally {
        await server.stop();
      }
    }
    return sizes;
  } finally {
    origin.stop();
  }
}

/** Fills the local cache in a folder. */
async function store(objects: number, asset: Asset, origin: Origin, folder: string): Promise<void> {
  console.error(`memory: storing ${objects} objects`);
  const server = await startServe(folder);
  try {
    await createZone(server.port, "bench", origin.url);
    await askForEach(objects, asset, server);
  } finally {
    await server.stop();
  }
}

async function askForEach(objects: number, asset: Asset, { port }: Server): Promise<void> {
  await forEachIndex(objects, async (index) => {
    const { status } = await request(port, BENCH_HOST, `${asset.path}?object=${index + 1}`);
    if (status !== 200) throw new Error(`object ${index + 1} is answered ${status}`);
  });
}

/** A `serve` that reports its garbage collections. */
function startWatched(bytes: number, folder: string, collections: Collection[]): Promise<Server> {
  boundPauses();
  const env = {
    MEMORY_BYTES: String(bytes),
    MINIFLARE_WORKERD_V8_FLAGS: `${process.env.MINIFLARE_WORKERD_V8_FLAGS} --trace-gc`,
  };
  return startServe(folder, env, {
    onLine(line) {
      const collection = parseCollection(line);
      if (collection !== null) collections.push(collection);
    },
  });
}
