import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ASSETS } from "./assets.ts";
import { edgeProcesses } from "./contenders/rescdn.ts";
import { CORES } from "./machine.ts";
import type { Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Started, startAll, stopAll, takeTurns } from "./turns.ts";
import { load, SATURATION } from "./wrk.ts";

/**
 * What `WORKERS` brings: as many edge processes as there are cores, beside a single one. The load takes a good part of one
 * core, so even without any other cost the rate cannot grow as the number of cores does.
 */
export async function measureCores(options: Options, folder: string): Promise<Round[]> {
  const [asset] = ASSETS;
  if (asset === undefined) throw new Error("nothing to ask for");
  const own = join(folder, "cores");
  mkdirSync(own);
  const started: Started[] = [];
  try {
    await startAll([edgeProcesses(1), edgeProcesses(CORES)], started, asset, own);
    // Until each process holds the asset, and the JIT has seen the code.
    for (const { server } of started) await load(server.port, asset.path, { kind: "same" }, SATURATION, 1);
    return await takeTurns(started, asset, SATURATION, options);
  } finally {
    await stopAll(started);
  }
}
