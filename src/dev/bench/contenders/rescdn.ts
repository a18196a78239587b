import type { Asset } from "../assets.ts";
import type { Contender, Setting } from "../contender.ts";
import { createZone, startServe, WITHOUT_MEMORY } from "../serve.ts";

/** Above this an object is not held in memory unless the operator says so; see `src/env.ts`. */
const MEMORY_OBJECT_BYTES = 262_144;

/** `npm run serve`, by what answers. The first is the one that ratios are of: a hit with every setting at its default. */
export function rescdn(asset: Asset): readonly Contender[] {
  const miss = contender("ResCDN, miss", "miss");
  if (asset.size <= MEMORY_OBJECT_BYTES) {
    const cacheApi = contender("ResCDN, Cache API hit", "hit", WITHOUT_MEMORY);
    return [contender("ResCDN, memory hit", "hit"), cacheApi, miss];
  }
  // Shown as well: what it would be to hold it in memory, whose bytes the runtime copies for each answer.
  const settings = { MEMORY_OBJECT_BYTES: String(2 * asset.size) };
  const memory = contender(`ResCDN, memory hit (MEMORY_OBJECT_BYTES=${2 * asset.size})`, "hit", settings);
  return [contender("ResCDN, Cache API hit", "hit"), memory, miss];
}

function contender(name: string, state: "hit" | "miss", env: Record<string, string> = {}): Contender {
  return {
    name,
    state,
    expected: { "x-cache": state === "hit" ? "HIT" : "MISS" },
    async start({ origin, folder, process }: Setting) {
      const server = await startServe(folder, env, process);
      await createZone(server.port, "bench", origin.url);
      return server;
    },
  };
}
