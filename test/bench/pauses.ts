import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { boundPauses } from "../../src/server/miniflare-options.ts";
import type { Asset } from "./assets.ts";
import { type Collection, parseCollection } from "./collection.ts";
import type { Contender } from "./contender.ts";
import { rescdn } from "./contenders/rescdn.ts";
import { constants } from "./contenders/workers.ts";
import type { Options } from "./options.ts";
import { type Pauses, summarisePauses } from "./pause-summary.ts";
import { summarise } from "./summary.ts";
import { paceFor, type Started, startAll, stopAll, takeTurns } from "./turns.ts";
import { type Pace, SATURATION } from "./wrk.ts";

/**
 * Watches the garbage collection of ours and of the constant answer, with the flags of `serve` and V8's trace. The trace costs
 * a little, so these rates differ from those of the comparison.
 */
export async function measurePauses(asset: Asset, options: Options, folder: string): Promise<Pauses> {
  const [ours] = rescdn;
  const [constant] = constants(asset);
  if (ours === undefined || constant === undefined) throw new Error("nothing to watch");
  boundPauses();
  const env = { MINIFLARE_WORKERD_V8_FLAGS: `${process.env.MINIFLARE_WORKERD_V8_FLAGS} --trace-gc` };
  const collections = new Map<string, Collection[]>();
  const watch = ({ name }: Contender) => ({
    env,
    onLine(line: string) {
      const collection = parseCollection(line);
      if (collection !== null) collections.get(name)?.push(collection);
    },
  });

  const own = join(folder, "pauses");
  mkdirSync(own, { recursive: true });
  const started: Started[] = [];
  const take = async (pace: Pace, length: Pick<Options, "rounds" | "seconds">) => {
    for (const { name } of [ours, constant]) collections.set(name, []);
    const rounds = await takeTurns(started, asset, pace, length);
    return { rounds, pauses: summarisePauses(rounds, collections) };
  };
  try {
    await startAll([ours, constant], started, asset, own, watch);
    await take(SATURATION, { rounds: 1, seconds: 1 }); // until the JIT has compiled the code
    const saturation = await take(SATURATION, options);
    for (const [name, { length }] of collections) {
      if (length === 0) throw new Error(`${name}: V8 told of no garbage collection within ${options.seconds} s`);
    }
    const rate = summarise(saturation.rounds).find(({ contender }) => contender === constant.name)!.rate;
    const half = await take(paceFor(rate / 2), options);
    return { asset: asset.name, saturation: saturation.pauses, half: half.pauses };
  } finally {
    await stopAll(started);
  }
}
