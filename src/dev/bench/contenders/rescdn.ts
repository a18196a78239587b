import type { Contender, Setting } from "../contender.ts";
import { createZone, startServe, WITHOUT_MEMORY } from "../serve.ts";

/** `npm run serve`, by what answers. The first is the one that ratios are of: a hit with every setting at its default. */
export const rescdn: readonly Contender[] = [
  contender("ResCDN, memory hit", "hit"),
  contender("ResCDN, Cache API hit", "hit", WITHOUT_MEMORY),
  contender("ResCDN, miss", "miss"),
];

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
