import { buildPurgeLog } from "../../src/zones/purge-log.ts";
import { type Play, pass, play } from "../support/edge.ts";
import { faultsOf } from "./answer-rules.ts";
import { taken } from "./client.ts";
import { type Answer, Journal, type RecordedPurge, type Step, shown } from "./journal.ts";
import { RandomOrigin } from "./origin.ts";
import { Random } from "./random.ts";
import { randomRequest } from "./request.ts";
import { canonicalQuery, PATHS, QUERIES } from "./resource.ts";
import { TAGS } from "./said.ts";
import { ZONES } from "./zones.ts";

/** What a scenario found, and how its requests were answered. */
export interface Outcome {
  faults: string[];
  story: string;
  requests: number;
  counts: Map<string, number>;
}

/** Plays `requests` random requests against a random zone with a random origin. */
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
  /** Validators that clients have seen, by path. */
  readonly #seen = new Map<string, string[]>();

  static async begin(seed: number): Promise<Scenario> {
    const random = new Random(seed);
    const zone = await play(random.pick(ZONES));
    return new Scenario(seed, random, zone);
  }

  private constructor(seed: number, random: Random, zone: Play) {
    this.#random = random;
    this.#zone = zone;
    zone.origin.answers(new RandomOrigin(this.journal, zone.zone.name, seed).answer);
    const paths = [random.pick(Object.keys(PATHS)), random.pick(Object.keys(PATHS))];
    this.#urls = paths.flatMap((path) => [random.pick(PATHS[path]!), random.pick(PATHS[path]!) + random.pick(QUERIES)]);
    this.journal.note(`zone ${zone.zone.name} ${JSON.stringify(zone.zone.settings)}`);
  }

  async act(): Promise<void> {
    const random = this.#random;
    switch (random.weighted({ one: 80, several: 8, time: 8, purge: 2, "purge-meanwhile": 0.5 })) {
      case "one":
        await this.#ask();
        return this.#rest([0, 0, 0, 0.5, 1, 3, 8]);
      case "several":
        await Promise.all(Array.from({ length: 2 + random.below(4) }, () => this.#ask()));
        return;
      case "time":
        return this.#rest([2, 5, 12, 25, 50, 130, 4_000, 90_000]);
      case "purge":
        return this.#purge();
      case "purge-meanwhile":
        await Promise.all([this.#ask(), this.#purge(), this.#ask()]);
    }
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

  async #ask(): Promise<void> {
    const { journal } = this;
    const { settings, name } = this.#zone.zone;
    const url = this.#random.pick(this.#urls);
    const { pathname, search } = new URL(url, "http://zone");
    const path = canonicalPath(pathname);
    const seen = this.#seen.get(path) ?? [];
    const { method, headers, body, leaves } = randomRequest(this.#random, settings, seen);
    const id = ++steps;
    headers.set("x-step", String(id));
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
    const answer = await taken(this.#zone.get(url, { method, headers, body, redirect: "manual" }), leaves);
    step.endedSeq = journal.tick();
    journal.note(
      `  ${id} got ${answer.status} ${answer.body?.byteLength ?? "unread"}${answer.broken === null ? "" : ` ${answer.broken}`} (${shown(answer.headers)})`,
    );
    this.#seen.set(path, [...seen, ...validatorsIn(answer)].slice(-4));
    this.#count(step, answer);
    for (const fault of faultsOf(step, answer, journal)) {
      journal.note(`  ${id} FAULT ${fault}`);
      this.faults.push(`request ${id}: ${fault}`);
    }
    if (body !== null && answer.status < 400) {
      const named = [answer.headers.get("location"), answer.headers.get("content-location")].flatMap((reference) =>
        reference === null ? [] : new URL(reference, `http://zone${url}`).pathname,
      );
      journal.invalidations.push({ by: step, keys: [step.path + step.query, ...named] });
    }
  }

  #count({ method }: Step, { status, headers }: Answer): void {
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
