import type { Asset } from "./assets.ts";
import { installed } from "./contenders/installed.ts";
import { rescdn } from "./contenders/rescdn.ts";
import { bareMatch, constants, honoCache, honoOnMiniflare, plain, plainMiss } from "./contenders/workers.ts";
import type { Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { summarise } from "./summary.ts";
import { paceFor, type Started, startAll, stopAll, takeTurns } from "./turns.ts";
import { SATURATION } from "./wrk.ts";

/** What was measured of one asset. */
export interface Comparison {
  asset: string;
  /** Names of the rows that the ratios are of. */
  roles: { ours: string; constant: string };
  saturation: Round[];
  /** At half of the constant answer's rate. */
  half: Round[];
}

/** Compares all contenders on one asset: all are up at once, and their turns alternate. */
export async function compare(asset: Asset, options: Options, folder: string): Promise<Comparison> {
  const [ours, ...ourOthers] = rescdn;
  const [constant, ...otherConstants] = constants(asset);
  if (ours === undefined || constant === undefined) throw new Error("nothing to compare");
  const others = [
    ...ourOthers,
    ...otherConstants,
    bareMatch,
    honoCache,
    honoOnMiniflare,
    plain,
    plainMiss,
    ...installed,
  ];
  const contenders = [ours, constant, ...others.filter(({ name }) => name.includes(options.only))];

  const started: Started[] = [];
  try {
    await startAll(contenders, started, asset, folder);
    await takeTurns(started, asset, SATURATION, { rounds: 1, seconds: 1 }); // until the JIT has seen the code
    const saturation = await takeTurns(started, asset, SATURATION, options);
    const pace = paceFor(summarise(saturation).find((row) => row.contender === constant.name)!.rate / 2);
    const half = await takeTurns(started.slice(0, 2), asset, pace, options);
    return { asset: asset.name, roles: { ours: ours.name, constant: constant.name }, saturation, half };
  } finally {
    await stopAll(started);
  }
}
