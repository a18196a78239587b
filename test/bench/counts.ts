import { join } from "node:path";
import { ASSETS, BENCH_HOST } from "./assets.ts";
import { CALLS_PATH, type Calls } from "./calls.ts";
import { warmAndCheck } from "./check.ts";
import { type Contender, pathFor } from "./contender.ts";
import { ROWS, X_CACHE } from "./contenders/rescdn.ts";
import { honoCache, plain, plainMiss } from "./contenders/workers.ts";
import { startOrigin } from "./origin.ts";
import { forEachIndex, request } from "./request.ts";
import { createZone, SERVE_VARS, WITHOUT_MEMORY } from "./serve.ts";
import { startWorker, workerSource } from "./worker-process.ts";

/** How many calls 1,000 requests of one kind made. */
export interface Count extends Calls {
  contender: string;
  origin: number;
}

const REQUESTS = 1_000;

/** Counts the calls of our Worker and of those that it is compared with, on the smallest asset. */
export async function countCalls(folder: string): Promise<Count[]> {
  const counts: Count[] = [];
  for (const contender of [
    rescdn("ResCDN, memory hit", "hit", {}),
    rescdn(ROWS.cacheApiHit, "hit", WITHOUT_MEMORY),
    rescdn(ROWS.miss, "miss", {}),
    rescdn(ROWS.validation, "validation", {}),
    counted(plain, "plain"),
    counted(plainMiss, "plain"),
    counted(honoCache, "hono-cache"),
  ]) {
    console.error(`counting: ${contender.name}`);
    counts.push(await count(contender, join(folder, `counts-${counts.length}`)));
  }
  return counts;
}

async function count(contender: Contender, folder: string): Promise<Count> {
  const [asset] = ASSETS;
  const origin = await startOrigin();
  const setting = { asset: asset!, origin, folder, headers: [] };
  const server = await contender.start(setting);
  try {
    await warmAndCheck(contender, server, setting);
    const before = { ...(await settledCalls(server.port)), origin: origin.requests() };
    // Warming up took calls. A counter that showed none would prove nothing below.
    if (before.cacheApi === 0) throw new Error(`the calls of ${contender.name} are not counted`);
    await forEachIndex(REQUESTS, async (index) => {
      const own = pathFor(contender, asset!);
      const path = contender.state === "miss" ? `${own}?count=${index}` : own;
      const answer = await request(server.port, BENCH_HOST, path);
      if (answer.status !== 200) throw new Error(`${contender.name} answers ${answer.status}`);
    });
    const after = { ...(await settledCalls(server.port)), origin: origin.requests() };
    const names = Object.keys(after) as (keyof typeof after)[];
    const difference = Object.fromEntries(names.map((name) => [name, after[name] - before[name]]));
    return { contender: contender.name, ...(difference as unknown as typeof after) };
  } finally {
    await server.stop();
    origin.stop();
  }
}

/** The number of calls once it no longer grows, since work in `waitUntil` comes a little later. */
async function settledCalls(port: number): Promise<Calls> {
  for (let before = ""; ; ) {
    const { body } = await request(port, BENCH_HOST, CALLS_PATH);
    const now = body.toString();
    if (now === before) return JSON.parse(now) as Calls;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The built product with its calls counted, under the same name as in the comparison. */
function rescdn(name: string, state: keyof typeof X_CACHE, vars: Record<string, string>): Contender {
  return {
    name,
    state,
    expected: { "x-cache": X_CACHE[state] },
    async start({ folder, origin }) {
      const server = await startWorker({ script: "rescdn", folder, vars: { ...SERVE_VARS, ...vars }, counted: true });
      await createZone(server.port, "bench", origin.url);
      const { durableObject, d1RowsRead, d1RowsWritten } = await settledCalls(server.port);
      if (!durableObject || !d1RowsRead || !d1RowsWritten)
        throw new Error("the calls that make a zone are not counted");
      return server;
    },
  };
}

function counted(contender: Contender, source: string): Contender {
  return {
    ...contender,
    start({ folder, origin }) {
      const zones = { "zone:bench": JSON.stringify({ origin: origin.url }) };
      return startWorker({ script: workerSource(source), folder, vars: { ORIGIN: origin.url }, zones, counted: true });
    },
  };
}
