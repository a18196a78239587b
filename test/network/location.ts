import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { FeedCopy } from "../../src/documents/feed-copy.ts";
import { LocationFeed } from "../../src/documents/location-feed.ts";
import { ownCache } from "../../src/edge/cache/own-cache.ts";
import type { Tier } from "../../src/edge/tier/tier.ts";
import { createEntry, type Entry } from "../../src/entry.ts";
import type { Env } from "../../src/env.ts";
import { shieldOf } from "../support/locations.ts";
import type { WorkersCache } from "../support/workers-cache.ts";
import type { Clock } from "./clock.ts";
import type { LaggingKv } from "./lagging-kv.ts";

/** What lies between the locations and what is single. */
export interface Between {
  clock: Clock;
  kv: LaggingKv;
  cache: WorkersCache;
  /** Whether locations ask origins through the upper tier. */
  hasTier: boolean;
  random: () => number;
  /** While it says so, nobody can read the feed of changes. */
  feedIsDown: boolean;
}

/** An isolate: the Worker's entry, and the bindings that it has. */
interface Isolate {
  entry: Entry<Env>;
  env: Env;
}

/** How far away what is single is, ms: at least, and by how much more at most. */
const AWAY_MS = 30;
const FARTHER_MS = 220;

/** A location of the network: a cache, a clock and isolates of its own. */
export class Location {
  readonly #name: string;
  readonly #between: Between;
  readonly #ahead: number;
  readonly #lag: number;
  #isolates: Isolate[];

  /** @param lag how long KV takes to reach it, ms */
  constructor(name: string, isolates: number, lag: number, between: Between) {
    this.#name = name;
    this.#between = between;
    this.#ahead = (between.random() - 0.5) * 4_000;
    this.#lag = lag;
    this.#isolates = Array.from({ length: isolates }, () => this.#newIsolate());
  }

  /** A request to one of its isolates. */
  get(host: string, path: string, isolate = 0): Promise<Response> {
    const { entry, env: bindings } = this.#isolates[isolate % this.#isolates.length]!;
    const request = new Request(`http://${host}${path}`, { headers: { "user-agent": "Mozilla/5.0" } });
    const context = createExecutionContext();
    return this.#between.clock.by(this.#ahead, async () => entry.fetch(request as never, bindings, context));
  }

  /** Ends its isolates wherever they are; those that come after them know nothing. */
  kill(): void {
    this.#isolates = this.#isolates.map(() => this.#newIsolate());
  }

  /** Has its isolates deliver what they have counted. */
  async drain(): Promise<void> {
    await Promise.all(this.#isolates.map(({ entry }) => entry.drain()));
  }

  #newIsolate(): Isolate {
    const { kv, hasTier } = this.#between;
    // A binding of its own is a memory of its own.
    const bindings = { ...env, ZONES: kv.at(this.#lag) } as unknown as Env;
    const entry = createEntry<Env>(
      () => Promise.reject(new Error("the control plane is elsewhere")),
      () => ownCache(this.#name),
      () => (hasTier ? this.#tier() : null),
      () => new FeedCopy(new LocationFeed("zones", this.#changes(), `https://${this.#name}.example`)),
      undefined,
      `${this.#name}-documents`,
    );
    return { entry, env: bindings };
  }

  #tier(): Tier {
    const { clock, cache } = this.#between;
    const shield = shieldOf(cache, this.#name);
    return { ask: (...question) => clock.by(0, () => shield.ask(...question)) };
  }

  /** The entrypoint `Changes` behind Workers Cache, as far away as it is. */
  #changes(): Fetcher {
    const { clock, cache, random } = this.#between;
    const { Changes } = exports as unknown as { Changes: Fetcher };
    const fetch = async (url: string) => {
      await clock.wait(AWAY_MS + random() * FARTHER_MS);
      if (this.#between.feedIsDown) throw new Error("the feed is down");
      const call = { entrypoint: "Changes", props: null, request: new Request(url) };
      // What the network does, it does by a clock of its own.
      return clock.by(0, () => cache.fetch(this.#name, call, (request) => Changes.fetch(request as never) as never));
    };
    return { fetch } as unknown as Fetcher;
  }
}
