import type { Asset } from "./assets.ts";
import { installed } from "./contenders/installed.ts";
import { ROWS, rescdn } from "./contenders/rescdn.ts";
import { bareMatch, constants, honoCache, honoOnMiniflare, plain, plainMiss } from "./contenders/workers.ts";
import type { Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { summarise } from "./summary.ts";
import { paceFor, type Started, startAll, stopAll, takeTurns } from "./turns.ts";
import { SATURATION } from "./wrk.ts";

/** The measurements for one asset. */
export interface Comparison {
  asset: string;
  /** Names of the rows that the ratios compare. */
  roles: { ours: string; constant: string };
  saturation: Round[];
  /** At half of the constant answer's rate; empty if only a part is compared. */
  half: Round[];
}

/** Compares contenders on one asset: all requested ones run at once, and take turns. */
export async function compare(asset: Asset, options: Options, folder: string): Promise<Comparison> {
  const [ours, ...ourOthers] = rescdn;
  const [constant, ...otherConstants] = constants(asset);
  if (ours === undefined || constant === undefined) throw new Error("nothing to compare");
  const { parts, only } = options;
  const others = [
    ...ourOthers,
    ...otherConstants,
    bareMatch,
    honoCache,
    honoOnMiniflare,
    plain,
    plainMiss,
    ...installed,
  ].filter(({ name }) => name.includes(only) && isAskedFor(name, parts));
  const contenders = [ours, constant, ...others];

  const roles = { ours: ours.name, constant: constant.name };
  const started: Started[] = [];
  try {
    await startAll(contenders, started, asset, folder);
    await takeTurns(started, asset, SATURATION, { rounds: 1, seconds: 1 }); // until the JIT has seen the code
    const saturation = await takeTurns(started, asset, SATURATION, options);
    if (!parts.has("compare")) return { asset: asset.name, roles, saturation, half: [] };
    const pace = paceFor(summarise(saturation).find((row) => row.contender === constant.name)!.rate / 2);
    const half = await takeTurns(started.slice(0, 2), asset, pace, options);
    return { asset: asset.name, roles, saturation, half };
  } finally {
    await stopAll(started);
  }
}

const PARTIAL = {
  store: [ROWS.cacheApiHit, bareMatch.name, honoCache.name, honoOnMiniflare.name],
  miss: [ROWS.miss, plainMiss.name, ROWS.validation],
};

function isAskedFor(name: string, parts: Options["parts"]): boolean {
  if (parts.has("compare")) return true;
  return (["store", "miss"] as const).some((part) => parts.has(part) && PARTIAL[part].includes(name));
}
