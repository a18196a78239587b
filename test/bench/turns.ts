import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Asset, BENCH_HOST } from "./assets.ts";
import { headerPairs, warmAndCheck } from "./check.ts";
import { type Contender, pathFor, type Server, type Setting } from "./contender.ts";
import { expectState, measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { type Origin, startOrigin } from "./origin.ts";
import { request } from "./request.ts";
import type { Pace, Pattern } from "./wrk.ts";

/** Connections for the paced load: so many that each waits for some ms, which is what wrk can count. */
const PACED_CONNECTIONS = 128;

/** A running contender. Each has its own origin, so that requests cannot be mixed up. */
export interface Started {
  contender: Contender;
  server: Server;
  origin: Origin;
}

/** Starts contenders one after the other, ours first, and adds them to `started`, which has them even if one fails. */
export async function startAll(
  contenders: readonly Contender[],
  started: Started[],
  asset: Asset,
  folder: string,
  processOf?: (contender: Contender) => NonNullable<Setting["process"]>,
): Promise<void> {
  let headers: Setting["headers"] = [];
  for (const [index, contender] of contenders.entries()) {
    console.error(`${asset.name}: starting ${contender.name}`);
    const origin = await startOrigin();
    const setting: Setting = {
      asset,
      origin,
      folder: join(folder, `${asset.size}-${index}`),
      headers,
      ...(processOf && { process: processOf(contender) }),
    };
    mkdirSync(setting.folder);
    const server = await contender.start(setting);
    started.push({ contender, server, origin });
    await warmAndCheck(contender, server, setting);
    if (index === 0) headers = headerPairs(await request(server.port, BENCH_HOST, asset.path));
  }
}

/** Stops whatever {@link startAll} has started. */
export async function stopAll(started: readonly Started[]): Promise<void> {
  for (const { server, origin } of started) {
    await server.stop();
    origin.stop();
  }
}

/** Turns of all running contenders, one after the other, round by round. */
export async function takeTurns(
  started: readonly Started[],
  asset: Asset,
  pace: Pace,
  { rounds, seconds }: Pick<Options, "rounds" | "seconds">,
): Promise<Round[]> {
  const taken: Round[] = [];
  for (let round = 1; round <= rounds; round++) {
    console.error(`${asset.name}: ${pace.connections} connections, round ${round} of ${rounds}`);
    // The machine differs between the first and the last turn, so the order alternates.
    for (const { contender, server, origin } of round % 2 === 1 ? started : started.toReversed()) {
      const pattern: Pattern = { kind: contender.state === "miss" ? "unique" : "same" };
      const asked = { ...asset, path: pathFor(contender, asset) };
      const result = await measure(contender.name, server, { asset: asked, origin }, { pattern, pace, seconds });
      expectState(contender, result);
      taken.push(result);
    }
  }
  return taken;
}

/**
 * A pace that comes close to a rate. wrk has no rate limit; a delay before each request, drawn from 0 to twice its mean,
 * spreads the requests over time, the same for both contenders. The table shows the rate that was reached.
 */
export function paceFor(rate: number): Pace {
  return { connections: PACED_CONNECTIONS, delayMs: Math.max(1, Math.round((PACED_CONNECTIONS / rate) * 1_000)) };
}
