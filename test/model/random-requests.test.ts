import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { playEdge } from "../support/edge.ts";
import { followCallers } from "./caller.ts";
import { playScenario } from "./scenario.ts";
import type { Kind } from "./zones.ts";

playEdge();
beforeEach(followCallers);

/** `MODEL_REQUESTS=10000` and more for a long run, which has enough of each kind of answer; `MODEL_SEED=7` for other ones. */
const REQUESTS = Number(env.MODEL_REQUESTS ?? 2_500);
const REQUESTS_PER_SCENARIO = 25;

/** Scenarios with faults before it gives up; the first of them tells its story. */
const MOST_FOUND = 10;

/** Each scenario's seed is this plus its number. A failure names it and tells the whole story. */
const FIRST_SEED = Number(env.MODEL_SEED ?? 91_110);

/** How often each kind of answer comes at the least in 10,000: a model that is asked nothing finds nothing. */
const AT_LEAST: Readonly<Record<string, number>> = {
  "X-Cache: HIT": 2_500,
  "X-Cache: MISS": 1_500,
  "X-Cache: STALE": 400,
  "X-Cache: REVALIDATED": 300,
  "X-Cache: BYPASS": 1_200,
  collapsed: 300,
  "stale-if-error": 120,
  "stale-while-revalidate": 200,
  purged: 50,
  coded: 300,
  unsafe: 250,
  HEAD: 400,
  "status 206": 120,
  "status 304": 300,
  "status 412": 40,
  "status 416": 50,
  "status 504": 100,
  "a failure shared": 80,
  "a cookie set": 70,
  "a cookie's answer shared": 70,
  "shared without its cookie": 250,
  "an authorized answer shared": 8,
  ...shares("nothing", { HIT: 700, collapsed: 100, STALE: 100, REVALIDATED: 90 }),
  ...shares("in the key", { HIT: 220, collapsed: 40, STALE: 45, REVALIDATED: 35 }),
  ...shares("variants", { HIT: 120, collapsed: 30, STALE: 15, REVALIDATED: 15 }),
  ...shares("all", { HIT: 160, collapsed: 25, STALE: 40, REVALIDATED: 25 }),
  ...shares("cookies", { HIT: 200, collapsed: 50, STALE: 60, REVALIDATED: 60 }),
  ...shares("authorization", { HIT: 180, collapsed: 15, STALE: 10, REVALIDATED: 25 }),
};

/** The ways to share an answer, in zones of a kind. */
function shares(kind: Kind, counts: Record<"HIT" | "collapsed" | "STALE" | "REVALIDATED", number>) {
  return Object.fromEntries(Object.entries(counts).map(([how, count]) => [`${kind}: ${how}`, count]));
}

describe("random requests with random origin behaviour", () => {
  it("get no answer that RFC 9111 or the zone forbids", { timeout: 300_000 + REQUESTS * 60 }, async () => {
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
      const share = (least * requests) / 10_000;
      // A short run may have little of some kinds, and nothing of the rarest.
      if (requests < 10_000 && share < 5) continue;
      expect(counts.get(name) ?? 0, name).toBeGreaterThanOrEqual(requests < 10_000 ? share / 3 : share);
    }
  });
});
