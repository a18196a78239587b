import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import type { FeedName } from "../../src/documents/change.ts";
import { FeedCopy } from "../../src/documents/feed-copy.ts";
import { LocationFeed } from "../../src/documents/location-feed.ts";
import { ownCache } from "../../src/edge/cache/own-cache.ts";
import type { Tier } from "../../src/edge/tier/tier.ts";
import { type ControlSurface, createEntry, type Entry } from "../../src/entry.ts";
import type { Env } from "../../src/env.ts";
import { handleDns, NamesKnown } from "../../src/records/dns/doh.ts";
import type { UsageBatch } from "../../src/usage/batch.ts";
import type { Receipt } from "../../src/usage/location-meter.ts";
import { shieldOf } from "../support/locations.ts";
import type { Between } from "./between.ts";

/** How far away what is single is, ms: at least, and by how much more at most. */
const AWAY_MS = 30;
const FARTHER_MS = 220;

/** Of the answers of a meter each so manieth is lost on its way, though the batch has arrived. */
const LOST_REPLIES = 10;

/** Where an isolate runs. */
export interface Place {
  /** Of its caches. */
  name: string;
  /** As the platform states it. */
  colo: string;
  /** How far its clock is ahead, and how long KV takes to reach it, ms. */
  ahead: number;
  lag: number;
}

/** An isolate of a location: the Worker's entry with a memory of its own, until it is ended. */
export class Isolate {
  readonly #place: Place;
  readonly #between: Between;
  readonly #entry: Entry<Env>;
  readonly #env: Env;
  readonly #names: NamesKnown;
  /** When it gave each of its answers, ms since the epoch. */
  readonly answers: number[] = [];
  #endedAt: number | null = null;
  /** How often it was told to bring its counts, ms. */
  #intervalMs = 1_000;

  constructor(place: Place, between: Between) {
    this.#place = place;
    this.#between = between;
    const meters = { getByName: (name: string) => ({ add: this.#bring.bind(this, name) }) };
    // A binding of its own is a memory of its own.
    this.#env = { ...env, ZONES: between.kv.at(place.lag), LOCATION_METER: meters } as unknown as Env;
    const feeds = { zones: this.#feed("zones"), records: this.#feed("records") };
    this.#names = new NamesKnown((name) => feeds[name]);
    this.#entry = createEntry<Env>(
      (surface, url, request) => this.#control(surface, url, request),
      () => ownCache(place.name),
      () => (between.hasTier ? this.#tier() : null),
      () => feeds.zones,
      undefined,
      between.hasCopies ? `${place.name}-documents` : null,
    );
  }

  async fetch(url: string): Promise<Response> {
    const init = { headers: { "user-agent": "Mozilla/5.0" }, cf: { colo: this.#place.colo } };
    const request = new Request(url, init as unknown as RequestInit);
    return this.#between.clock.by(this.#place.ahead, async () =>
      this.#entry.fetch(request as never, this.#env, createExecutionContext()),
    );
  }

  /** Ends it wherever it is: from now on it brings nothing. */
  end(): void {
    this.#endedAt = this.#between.clock.now;
  }

  drain(): Promise<void> {
    return this.#between.clock.by(this.#place.ahead, () => this.#entry.drain());
  }

  /** How many of its answers usage may lack: of one that was ended, those of its last interval and what was on its way. @param onTheWay ms */
  mayLose(onTheWay: number): number {
    const endedAt = this.#endedAt;
    if (endedAt === null) return 0;
    return this.answers.filter((at) => at > endedAt - this.#intervalMs - onTheWay).length;
  }

  /** Names are answered where they are asked; all else is single. */
  #control(surface: ControlSurface, url: URL, request: Request): Promise<Response> {
    if (surface !== "dns") return Promise.reject(new Error("the control plane is elsewhere"));
    const answer = handleDns(request, url, this.#env, (work) => void work, Date.now(), this.#names);
    return Promise.resolve(answer);
  }

  /** Takes a batch to a meter far away, and its receipt back. */
  async #bring(meter: string, batch: UsageBatch, generation: number): Promise<Receipt> {
    const { clock, lostReplies } = this.#between;
    await clock.wait(this.#away());
    this.#mustLive();
    const receipt = await clock.by(0, () => env.LOCATION_METER.getByName(meter).add(batch, generation));
    await clock.wait(this.#away());
    this.#mustLive();
    if (lostReplies.next() % LOST_REPLIES === 0) throw new Error("the meter's answer is lost");
    this.#intervalMs = receipt.intervalMs;
    return receipt as unknown as Receipt;
  }

  #mustLive(): void {
    if (this.#endedAt !== null) throw new Error("this isolate was ended");
  }

  #away(): number {
    return AWAY_MS + this.#between.random() * FARTHER_MS;
  }

  #tier(): Tier {
    const { clock, cache } = this.#between;
    const shield = shieldOf(cache, this.#place.name);
    return { ask: (...question) => clock.by(0, () => shield.ask(...question)) };
  }

  #feed(name: FeedName): FeedCopy {
    return new FeedCopy(new LocationFeed(name, this.#changes(), `https://${this.#place.name}.example`));
  }

  /** The entrypoint `Changes` behind Workers Cache, as far away as it is. */
  #changes(): Fetcher {
    const { clock, cache } = this.#between;
    const { Changes } = exports as unknown as { Changes: Fetcher };
    const fetch = async (url: string) => {
      await clock.wait(this.#away());
      if (this.#between.feedIsDown) throw new Error("the feed is down");
      const call = { entrypoint: "Changes", props: null, request: new Request(url) };
      // What the network does, it does by a clock of its own.
      return clock.by(0, () =>
        cache.fetch(this.#place.name, call, (request) => Changes.fetch(request as never) as never),
      );
    };
    return { fetch } as unknown as Fetcher;
  }
}
