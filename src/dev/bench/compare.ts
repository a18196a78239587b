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

/** A contender that is up. Each has an origin of its own, so that no request is taken for another's. */
interface Started {
  contender: Contender;
  server: Server;
  origin: Origin;
}

/** Compares all contenders on one asset: all are up at once, and their turns alternate. */
export async function compare(asset: Asset, options: Options, folder: string): Promise<Comparison> {
  const [ours, ...ourOthers] = rescdn(asset);
  const [constant, ...otherConstants] = constants(asset);
  if (ours === undefined || constant === undefined) throw new Error("nothing to compare");
  const others = [...ourOthers, ...otherConstants, plain, honoCache, plainMiss, ...installed];
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
    for (const { server, origin } of started) {
      await server.stop();
      origin.stop();
    }
  }
}

/** Starts contenders one after the other, the first of them ours, into `started`, which holds them even where one fails. */
async function startAll(
  contenders: readonly Contender[],
  started: Started[],
  asset: Asset,
  folder: string,
): Promise<void> {
  let headers: Setting["headers"] = [];
  for (const [index, contender] of contenders.entries()) {
    console.error(`${asset.name}: starting ${contender.name}`);
    const origin = await startOrigin();
    const setting = { asset, origin, folder: join(folder, `${asset.size}-${index}`), headers };
    mkdirSync(setting.folder);
    const server = await contender.start(setting);
    started.push({ contender, server, origin });
    await warmAndCheck(contender, server, setting);
    if (index === 0) headers = headerPairs(await request(server.port, BENCH_HOST, asset.path));
  }
}

async function takeTurns(
  started: readonly Started[],
  asset: Asset,
  pace: Pace,
  { rounds, seconds }: Pick<Options, "rounds" | "seconds">,
): Promise<Round[]> {
  const taken: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    console.error(`${asset.name}: ${pace.connections} connections, round ${round} of ${rounds}`);
    for (const { contender, server, origin } of started) {
      const pattern: Pattern = { kind: contender.state === "miss" ? "unique" : "same" };
      const result = await measure(contender.name, server, { asset, origin }, { pattern, pace, seconds });
      expectState(contender, result);
      taken.push(result);
    }
  }
  return taken;
}

/**
 * The pace that comes near to a rate. wrk has no limit of its own; a delay before each request, drawn from 0 to twice
 * its mean, spreads the requests over time, and both contenders get the same. The rate reached stands in the table.
 */
function paceFor(rate: number): Pace {
  return { connections: PACED_CONNECTIONS, delayMs: Math.max(1, Math.round((PACED_CONNECTIONS / rate) * 1_000)) };
}
