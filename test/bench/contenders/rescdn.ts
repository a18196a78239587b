import type { Contender, Setting } from "../contender.ts";
import type { ProcessOptions } from "../processes.ts";
import { createZone, startServe, WITHOUT_MEMORY } from "../serve.ts";

/** The `X-Cache` of answers, by the claimed state. */
export const X_CACHE = { hit: "HIT", miss: "MISS", validation: "REVALIDATED" };

/** Names of rows that others are compared with. */
export const ROWS = {
  cacheApiHit: "ResCDN, Cache API hit",
  miss: "ResCDN, miss",
  validation: "ResCDN, validation",
} as const;

/** `npm run serve`, by the source of its answers. The ratios refer to the first: a hit with every setting at its default. */
export const rescdn: readonly Contender[] = [
  contender("ResCDN, memory hit", "hit"),
  contender(ROWS.cacheApiHit, "hit", WITHOUT_MEMORY),
  contender(ROWS.miss, "miss"),
  contender(ROWS.validation, "validation"),
];

/** Memory hits from several edge processes on one port, each on its own core if there are enough. */
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
     * Another server has created the zone before. An isolate that has run the API also has the API's code in memory, so its
     * garbage collections stop it for longer. That is not the case in an edge process of `WORKERS`, or in most isolates of a
     * network.
     */
    async start({ origin, folder, process }: Setting) {
      const before = await startServe(folder);
      await createZone(before.port, "bench", origin.url);
      await before.stop();
      return startServe(folder, env, { ...options, ...process });
    },
  };
}
