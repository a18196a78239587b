import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { playEdge } from "../support/edge.ts";
import { followCallers } from "./caller.ts";
import { playScenario } from "./scenario.ts";

playEdge();
beforeEach(followCallers);

/** `MODEL_REQUESTS=200000` for a long run, `MODEL_SEED=7` for other ones. */
const REQUESTS = Number(env.MODEL_REQUESTS ?? 10_000);
const REQUESTS_PER_SCENARIO = 25;

/** Scenarios with faults before it gives up; the first of them tells its story. */
const MOST_FOUND = 10;

/** Each scenario's seed is this plus its number. A failure names it and tells the whole story. */
const FIRST_SEED = Number(env.MODEL_SEED ?? 91_110);

/** How often each kind of answer comes at the least: a model that is asked nothing finds nothing. */
const AT_LEAST: Readonly<Record<string, number>> = {
  "X-Cache: HIT": 3_000,
  "X-Cache: MISS": 1_500,
  "X-Cache: STALE": 300,
  "X-Cache: REVALIDATED": 350,
  "X-Cache: BYPASS": 1_200,
  collapsed: 150,
  "stale-if-error": 100,
  "stale-while-revalidate": 100,
  purged: 50,
  coded: 350,
  unsafe: 400,
  HEAD: 400,
  "status 206": 150,
  "status 304": 300,
  "status 412": 40,
  "status 416": 50,
  "status 504": 100,
};

describe("random requests with random origin behaviour", () => {
  it("get no answer that RFC 9111 or the zone forbids", { timeout: REQUESTS * 30 }, async () => {
    const counts = new Map<string, number>();
    const found: string[] = [];
    let requests = 0;
    for (let seed = FIRST_SEED; requests < REQUESTS && found.length < MOST_FOUND; seed++) {
      const { faults, story, ...played } = await playScenario(seed, REQUESTS_PER_SCENARIO);
      if (faults.length > 0) found.push(`seed ${seed}: ${faults.join("; ")}${found.length === 0 ? `\n${story}` : ""}`);
      requests += played.requests;
      for (const [name, count] of played.counts) counts.set(name, (counts.get(name) ?? 0) + count);
    }
    expect(found.join("\n")).toBe("");
    console.info(`${requests} requests: ${[...counts].map(([name, count]) => `${name} ${count}`).join(", ")}`);
    for (const [name, least] of Object.entries(AT_LEAST)) {
      expect(counts.get(name) ?? 0, name).toBeGreaterThanOrEqual((least * requests) / 10_000);
    }
  });
});
