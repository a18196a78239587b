import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Asset, BENCH_HOST } from "./assets.ts";
import { headerPairs, warmAndCheck } from "./check.ts";
import type { Contender, Server, Setting } from "./contender.ts";
import { installed } from "./contenders/installed.ts";
import { rescdn } from "./contenders/rescdn.ts";
import { constants, honoCache, plain, plainMiss } from "./contenders/workers.ts";
import { expectState, measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { request } from "./request.ts";
import { summarise } from "./summary.ts";
import { type Pace, type Pattern, SATURATION } from "./wrk.ts";

/** What was measured of one asset. */
export interface Comparison {
  asset: string;
  /** Names of the rows that the ratios are of. */
  roles: { ours: string; constant: string };
  saturation: Round[];
  /** At half of the constant answer's rate. */
  half: Round[];
}

/** Connections for the paced load. Many, so that each waits for some ms, which is what wrk can count. */
const PACED_CONNECTIONS = 128;

/** Compares all contenders on one asset: all are up at once, and their turns alternate. */
export async function compare(asset: Asset, options: Options, folder: string): Promise<Comparison> {
  const [ours, ...ourOthers] = rescdn(asset);
  const [constant, ...otherConstants] = constants(asset);
  if (ours === undefined || constant === undefined) throw new Error("nothing to compare");
  const others = [...ourOthers, ...otherConstants, plain, honoCache, plainMiss, ...installed];
  const contenders = [ours, constant, ...others.filter(({ name }) => name.includes(options.only))];

  // Each with an origin of its own, so that none is taken for another's.
  const started = new Map<Contender, { server: Server; origin: Origin }>();
  let headers: Setting["headers"] = [];
  try {
    for (const [index, contender] of contenders.entries()) {
      const origin = await startOrigin();
      const setting = { asset, origin, folder: join(folder, `${asset.size}-${index}`), headers };
      mkdirSync(setting.folder);
      console.error(`${asset.name}: starting ${contender.name}`);
      const server = await contender.start(setting);
      started.set(contender, { server, origin });
      await warmAndCheck(contender, server, setting);
      if (contender === ours) headers = headerPairs(await request(server.port, BENCH_HOST, asset.path));
    }

    const turn = async (contender: Contender, pace: Pace, seconds: number): Promise<Round> => {
      const pattern: Pattern = { kind: contender.state === "miss" ? "unique" : "same" };
      const { server, origin } = started.get(contender)!;
      const round = await measure(contender.name, server, { asset, origin }, { pattern, pace, seconds });
      expectState(contender, round);
      return round;
    };
    const saturation: Round[] = [];
    for (const contender of contenders) await turn(contender, SATURATION, 1); // until the JIT has seen it
    for (let round = 1; round <= options.rounds; round++) {
      console.error(`${asset.name}: round ${round} of ${options.rounds}`);
      for (const contender of contenders) {
        saturation.push(await turn(contender, SATURATION, options.seconds));
      }
    }

    const half: Round[] = [];
    const pace = paceFor(summarise(saturation).find((row) => row.contender === constant.name)!.rate / 2);
    for (let round = 1; round <= options.rounds; round++) {
      console.error(`${asset.name}: half of the constant's rate, round ${round} of ${options.rounds}`);
      for (const contender of [ours, constant]) half.push(await turn(contender, pace, options.seconds));
    }
    return { asset: asset.name, roles: { ours: ours.name, constant: constant.name }, saturation, half };
  } finally {
    for (const { server, origin } of started.values()) {
      await server.stop();
      origin.stop();
    }
  }
}

/**
 * The pace that comes near to a rate. wrk has no limit of its own; a delay before each request, drawn from 0 to twice
 * its mean, spreads the requests over time, and both contenders get the same. The rate reached stands in the table.
 */
function paceFor(rate: number): Pace {
  return { connections: PACED_CONNECTIONS, delayMs: Math.max(1, Math.round((PACED_CONNECTIONS / rate) * 1_000)) };
}
