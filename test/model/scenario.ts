import { buildPurgeLog } from "../../src/zones/purge/purge-log.ts";
import { type Play, pass, play } from "../support/edge.ts";
import { faultsOf } from "./answer-rules.ts";
import { STEP_HEADER } from "./caller.ts";
import { taken } from "./client.ts";
import { type Answer, Journal, type RecordedPurge, type Step, shown } from "./journal.ts";
import { RandomOrigin } from "./origin.ts";
import { Random } from "./random.ts";
import { type Client, type RandomRequest, randomClient, randomRequest } from "./request.ts";
import { canonicalQuery, PATHS, QUERIES } from "./resource.ts";
import { TAGS } from "./said.ts";
import { kindOf, ZONES } from "./zones.ts";

/** What a scenario found, and how its requests were answered. */
export interface Outcome {
  faults: string[];
  story: string;
  requests: number;
  counts: Map<string, number>;
}

/** Plays `requests` random requests against one of the zones with a random origin. */
export async function playScenario(seed: number, requests: number): Promise<Outcome> {
  const scenario = await Scenario.begin(seed);
  while (scenario.journal.steps.size < requests && scenario.faults.length === 0) await scenario.act();
  return {
    faults: scenario.faults,
    story: scenario.journal.story,
    requests: scenario.journal.steps.size,
    counts: scenario.counts,
  };
}

let steps = 0;

class Scenario {
  readonly journal = new Journal();
  readonly faults: string[] = [];
  readonly counts = new Map<string, number>();
  readonly #random: Random;
  readonly #zone: Play;
  readonly #urls: readonly string[];
  readonly #clients: readonly Client[];
  /** Validators that clients have seen, by path. */
  readonly #seen = new Map<string, string[]>();

  static async begin(seed: number): Promise<Scenario> {
    const random = new Random(seed);
    const zone = await play(ZONES[seed % ZONES.length]);
    return new Scenario(seed, random, zone);
  }

  private constructor(seed: number, random: Random, zone: Play) {
    this.#random = random;
    this.#zone = zone;
    zone.origin.answers(new RandomOrigin(this.journal, zone.zone, seed).answer);
    const paths = [random.pick(Object.keys(PATHS)), random.pick(Object.keys(PATHS))];
    this.#urls = paths.flatMap((path) => [random.pick(PATHS[path]!), random.pick(PATHS[path]!) + random.pick(QUERIES)]);
    this.#clients = Array.from({ length: 3 }, () => randomClient(random));
    this.journal.note(`zone ${zone.zone.name} ${JSON.stringify(zone.zone.settings)}`);
  }

  async act(): Promise<void> {
    const random = this.#random;
    switch (random.weighted({ one: 80, several: 4, crowd: 6, time: 8, purge: 2, "purge-meanwhile": 0.5 })) {
      case "one":
        await this.#ask();
        return this.#rest([0, 0, 0, 0.5, 1, 3, 8]);
      case "several":
        await Promise.all(Array.from({ length: 2 + random.below(4) }, () => this.#ask()));
        return;
      case "crowd":
        await this.#crowd();
        return;
      case "time":
        return this.#rest([2, 5, 12, 25, 50, 130, 4_000, 90_000]);
      case "purge":
        return this.#purge();
      case "purge-meanwhile":
        await Promise.all([this.#ask(), this.#purge(), this.#ask()]);
    }
  }

  /** Many ask for one thing at once, with one or two different requests. */
  async #crowd(): Promise<void> {
    const random = this.#random;
    const url = random.pick(this.#urls);
    const requests = Array.from({ length: random.pick([1, 1, 2]) }, () => this.#requestFor(url));
    const asked = Array.from({ length: 3 + random.below(3) }, () => random.pick(requests));
    await Promise.all(asked.map((request) => this.#ask(url, request)));
  }

  #rest(seconds: readonly number[]): void {
    pass(this.#random.pick(seconds));
  }

  async #purge(): Promise<void> {
    const random = this.#random;
    const { pathname, search } = new URL(random.pick(this.#urls), "http://zone");
    const path = canonicalPath(pathname);
    const kind = random.pick(["everything", "path", "url", "prefix", "tag"] as const);
    const query = canonicalQuery(search, this.#zone.zone.settings.query);
    const value = { everything: "", path, url: path + query, prefix: "/dir/", tag: random.pick(TAGS) }[kind];
    const purge: RecordedPurge = {
      zone: this.#zone.zone.name,
      kind,
      value,
      soft: random.chance(0.4),
      at: Date.now(),
      startedSeq: this.journal.tick(),
      acknowledgedSeq: Number.POSITIVE_INFINITY,
    };
    this.journal.note(`purge ${kind} ${value} ${purge.soft ? "soft" : "hard"}`);
    this.journal.purges.unshift(purge);
    const { length } = this.journal.purges;
    const made = this.journal.purges.map(({ kind, value, soft, at }, i) => ({
      kind,
      value,
      soft,
      at,
      version: 1 + length - i,
    }));
    await this.#zone.publish({ purges: buildPurgeLog(made) });
    purge.acknowledgedSeq = this.journal.tick();
  }

  #requestFor(url: string): (mark: string) => RandomRequest {
    const random = this.#random;
    const client = random.pick(this.#clients);
    const seed = random.below(2 ** 32);
    const seen = this.#seen.get(canonicalPath(new URL(url, "http://zone").pathname)) ?? [];
    return (mark) => randomRequest(new Random(seed), client, this.#zone.zone.settings, mark, seen);
  }

  async #ask(url = this.#random.pick(this.#urls), request = this.#requestFor(url)): Promise<void> {
    const { journal } = this;
    const { settings, name } = this.#zone.zone;
    const { pathname, search } = new URL(url, "http://zone");
    const path = canonicalPath(pathname);
    const id = ++steps;
    const { method, headers, body, leaves } = request(`mark-${id}-`);
    const step: Step = {
      id,
      zone: name,
      settings,
      method,
      url,
      path,
      query: canonicalQuery(search, settings.query),
      headers: new Headers(headers),
      startedSeq: journal.tick(),
      startedAt: Date.now(),
      endedSeq: Number.POSITIVE_INFINITY,
    };
    journal.steps.set(id, step);
    journal.note(`${id} ${method} ${url} (${shown(headers)})`);
    headers.set(STEP_HEADER, String(id));
    const answer = await taken(this.#zone.get(url, { method, headers, body, redirect: "manual" }), leaves);
    step.endedSeq = journal.tick();
    journal.note(
      `  ${id} got ${answer.status} ${answer.body?.byteLength ?? "unread"}${answer.broken === null ? "" : ` ${answer.broken}`} (${shown(answer.headers)})`,
    );
    this.#seen.set(path, [...(this.#seen.get(path) ?? []), ...validatorsIn(answer)].slice(-4));
    this.#count(step, answer);
    for (const fault of faultsOf(step, answer, journal)) {
      journal.note(`  ${id} FAULT ${fault}`);
      this.faults.push(`request ${id}: ${fault}`);
    }
    if (body !== null && answer.status < 400) {
      const named = [answer.headers.get("location"), answer.headers.get("content-location")].flatMap((reference) =>
        // A redirect names what somebody else may have chosen.
        reference === null || answer.status > 299 ? [] : new URL(reference, `http://zone${url}`).pathname,
      );
      journal.invalidations.push({ by: step, keys: [step.path + step.query, ...named] });
    }
  }

  #count(step: Step, { status, headers }: Answer): void {
    const { method, settings } = step;
    const seen = [
      `X-Cache: ${headers.get("x-cache")}`,
      `${method === "GET" || method === "HEAD" ? method : "unsafe"}`,
      `status ${status}`,
    ];
    const said = headers.get("cache-status") ?? "";
    seen.push(
      ...["collapsed", "stale-if-error", "stale-while-revalidate", "purged"].filter((word) => said.includes(word)),
    );
    if (headers.has("content-encoding")) seen.push("coded");
    const asked = this.journal.madeFor(step).length > 0;
    if (!asked && /stale-if-error|detail=origin-/.test(said)) seen.push("a failure shared");
    if (headers.has("set-cookie")) seen.push("a cookie set");
    const exchanges = [...headers.keys()].flatMap((name) => {
      const exchange = this.journal.exchanges.get(Number(/^x-exchange-(\d+)$/.exec(name)?.[1]));
      return exchange === undefined || exchange.step === step.id ? [] : [exchange];
    });
    if (exchanges.some(({ request }) => request.has("cookie"))) seen.push("a cookie's answer shared");
    if (exchanges.some((exchange) => exchange.headers.has("set-cookie"))) seen.push("shared without its cookie");
    if (exchanges.some(({ request }) => request.has("authorization"))) seen.push("an authorized answer shared");
    const how = said.includes("collapsed") ? "collapsed" : headers.get("x-cache");
    seen.push(`${kindOf(settings)}: ${how}`);
    for (const name of seen) this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}

function canonicalPath(pathname: string): string {
  return Object.keys(PATHS).find(
    (path) => path === pathname || PATHS[path]!.some((url) => new URL(url, "http://zone").pathname === pathname),
  )!;
}

function validatorsIn({ headers }: Answer): string[] {
  return [headers.get("etag"), headers.get("last-modified")].filter((value) => value !== null);
}
