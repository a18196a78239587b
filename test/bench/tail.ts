import { mkdirSync } from "node:fs";
import { type ClientRequest, get } from "node:http";
import { join } from "node:path";
import { ASSETS, type Asset, BENCH_HOST } from "./assets.ts";
import type { Server } from "./contender.ts";
import { measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { startOrigin } from "./origin.ts";
import { API_HOST, createZone, startServe } from "./serve.ts";
import { median } from "./summary.ts";
import { paceFor } from "./turns.ts";

/** Requests per second: one rate that a tail can report in full, and one above that. */
const RATES = [1_000, 5_000];

/** How long until a listener is known, and until an isolate forgets one that has left, ms. */
const SETTLE_MS = 3_000;

/** What a listener costs its zone's hits. */
export interface TailCost {
  rate: number;
  /** Without a listener and with one, in turns. */
  without: Round[];
  with: Round[];
  /** Hits while somebody listened, how many of them were reported, and how many were reported as left out. */
  asked: number;
  told: number;
  omitted: number;
}

/**
 * Compares hits while nobody listens to their zone with hits while somebody does, turn by turn on one server. The tail was
 * requested from the API before both, since an isolate with the API's code takes longer to collect garbage.
 */
export async function measureTails(options: Options, folder: string): Promise<TailCost[]> {
  const [asset] = ASSETS;
  if (asset === undefined) throw new Error("nothing to ask for");
  const origin = await startOrigin();
  const own = join(folder, "tail");
  mkdirSync(own);
  const before = await startServe(own);
  const key = await createZone(before.port, "bench", origin.url);
  await before.stop();
  const server = await startServe(own);
  const turn = (name: string, rate: number, seconds: number) =>
    measure(name, server, { asset, origin }, { pattern: { kind: "same" }, pace: paceFor(rate), seconds });
  try {
    await new Listener(server, key).leave();
    await turn("warming", RATES[0]!, 1);
    const costs: TailCost[] = [];
    for (const rate of RATES) costs.push(await measureRate(rate, server, key, asset, turn, options));
    return costs;
  } finally {
    await server.stop();
    origin.stop();
  }
}

async function measureRate(
  rate: number,
  server: Server,
  key: string,
  { name }: Asset,
  turn: (name: string, rate: number, seconds: number) => Promise<Round>,
  { rounds, seconds }: Options,
): Promise<TailCost> {
  const cost: TailCost = { rate, without: [], with: [], asked: 0, told: 0, omitted: 0 };
  for (let round = 1; round <= rounds; round++) {
    console.error(`${name}: ${rate} a second, with and without a tail, round ${round} of ${rounds}`);
    cost.without.push(await turn("nobody listens", rate, seconds));
    const listener = new Listener(server, key);
    await listener.opened;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const listened = await turn("one listens", rate, seconds);
    // The last requests are still under way.
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    cost.with.push(listened);
    cost.asked += listened.requests;
    cost.told += listener.told;
    cost.omitted += listener.omitted;
    await listener.leave();
  }
  return cost;
}

/** Reads a zone's tail and counts. */
class Listener {
  told = 0;
  omitted = 0;
  readonly opened: Promise<void>;
  readonly #request: ClientRequest;

  constructor({ port }: Server, key: string) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.opened = promise;
    const headers = { Host: API_HOST, "X-ResCDN-Key": key };
    const options = { host: "127.0.0.1", port, path: "/v1/zones/bench/tail", headers };
    this.#request = get(options, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`tail: ${answer.statusCode}`));
      let left = "";
      answer.setEncoding("utf8").on("data", (text: string) => {
        resolve();
        const events = (left + text).split("\n\n");
        left = events.pop()!;
        for (const event of events) this.#take(event);
      });
      answer.on("error", () => undefined); // it is abandoned
    });
    this.#request.on("error", reject);
  }

  async leave(): Promise<void> {
    await this.opened;
    this.#request.destroy();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }

  #take(event: string): void {
    // wrk sends more requests than it counts: some are under way when its time is over.
    if (event.startsWith("event: request\n") && event.includes(BENCH_HOST)) this.told++;
    else if (event.startsWith("event: omitted\n")) this.omitted += Number(/"count":(\d+)/.exec(event)?.[1] ?? 0);
  }
}

/** How many times as much CPU a hit takes while somebody listens. */
export function timesOf(cost: Pick<TailCost, "without" | "with">): number {
  return median(cost.with.map(({ cpu }) => cpu)) / median(cost.without.map(({ cpu }) => cpu));
}
