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
 * The effect of `WORKERS`: as many edge processes as cores, compared with one. The load takes a large part of one core, so even
 * without other costs the rate cannot grow as much as the number of cores.
 */
export async function measureCores(options: Options, folder: string): Promise<Round[]> {
  const [asset] = ASSETS;
  if (asset === undefined) throw new Error("nothing to ask for");
  const own = join(folder, "cores");
  mkdirSync(own);
  const started: Started[] = [];
  try {
    await startAll([edgeProcesses(1), edgeProcesses(CORES)], started, asset, own);
    // Until each process has the asset, and the JIT has compiled the code.
    for (const { server } of started) await load(server.port, asset.path, { kind: "same" }, SATURATION, 1);
    return await takeTurns(started, asset, SATURATION, options);
  } finally {
    await stopAll(started);
  }
}
