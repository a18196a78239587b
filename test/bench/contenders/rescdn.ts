import type { Contender, Setting } from "../contender.ts";
import type { ProcessOptions } from "../processes.ts";
import { createZone, startServe, WITHOUT_MEMORY } from "../serve.ts";

/** What answers say of themselves, by what is claimed of them. */
export const X_CACHE = { hit: "HIT", miss: "MISS", validation: "REVALIDATED" };

/** Names of rows that others are compared with. */
export const ROWS = {
  cacheApiHit: "ResCDN, Cache API hit",
  miss: "ResCDN, miss",
  validation: "ResCDN, validation",
} as const;

/** `npm run serve`, by what answers. The first is the one that ratios are of: a hit with every setting at its default. */
export const rescdn: readonly Contender[] = [
  contender("ResCDN, memory hit", "hit"),
  contender(ROWS.cacheApiHit, "hit", WITHOUT_MEMORY),
  contender(ROWS.miss, "miss"),
  contender(ROWS.validation, "validation"),
];

/** Memory hits of several edge processes on one port, wherever there is a core for them. */
export function edgeProcesses(count: number): Contender {
  return contender(`ResCDN, WORKERS=${count}`, "hit", { WORKERS: String(count) }, { onEveryCore: true });
}

function contender(
  name: string,
  state: keyof typeof X_CACHE,
  env: Record<string, string> = {},
  options: ProcessOptions = {},
): Contender {
  return {
    name,
    state,
    expected: { "x-cache": X_CACHE[state] },
    /**
     * The zone is made by a server before. An isolate that has run the API holds its code as well, and so stops for longer
     * to collect garbage: that is not what an edge process of `WORKERS`, or most isolates of a network, do.
     */
    async start({ origin, folder, process }: Setting) {
      const before = await startServe(folder);
      await createZone(before.port, "bench", origin.url);
      await before.stop();
      return startServe(folder, env, { ...options, ...process });
    },
  };
}
