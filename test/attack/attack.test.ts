import { env } from "cloudflare:workers";
import fc from "fast-check";
import { expect, it } from "vitest";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import { playEdge } from "../support/edge.ts";
import { Alone } from "./alone.ts";
import { attacks } from "./attacks.ts";
import { hostileRequest } from "./hostile.ts";
import { attack, playAttack, settled } from "./play-attack.ts";
import { received } from "./received.ts";
import { Stage } from "./stage.ts";
import type { ZoneKind } from "./zones.ts";

playEdge();

/** `ATTACK=5000` for a long run; the gate has other plays each time. `ATTACK_SEED`, which a failure names, for one again. */
const PLAYS = Number(env.ATTACK ?? 120);
const newSeed = () => Number(env.ATTACK_SEED ?? crypto.getRandomValues(new Int32Array(1))[0]);

/** On a slow machine it is fewer plays (ms). */
const GATE_MS = 15_000;

/** A property whose last play is waited for: a time limit lets it go on beside the next test, whose clock it would move. */
function oneByOne<Play>(plays: fc.Arbitrary<Play>, judge: (play: Play) => Promise<void>) {
  let playing: Promise<void> = Promise.resolve();
  const runs = fc.asyncProperty(plays, (play) => {
    playing = judge(play);
    return playing;
  });
  return { runs, last: () => playing };
}

/** The least of what the plain client must be answered, by X-Cache: who is answered nothing is shown nothing. */
const AT_LEAST = { HIT: 0.1, MISS: 0.2, BYPASS: 0.1 };

it("shows a plain client nothing of a hostile one", { timeout: 60_000 + GATE_MS + PLAYS * 1_000 }, async () => {
  const seed = newSeed();
  const alone = new Alone();
  const counts: Record<string, number> = {};
  let [plays, plain] = [0, 0];
  const property = oneByOne(attacks, async (made) => {
    const first = await playAttack(made, alone);
    // A fault counts that shows again: what is stored by when is not the play's to say.
    const { faults, story, ...played } = first.faults.length === 0 ? first : await playAttack(made, alone);
    plays++;
    plain += played.plain;
    for (const [name, count] of Object.entries(played.counts)) counts[name] = (counts[name] ?? 0) + count;
    expect(faults, story).toEqual([]);
  });
  const limit = env.ATTACK === undefined ? { interruptAfterTimeLimit: GATE_MS } : {};
  await fc.assert(property.runs, { numRuns: PLAYS, seed, ...limit });
  await property.last();
  console.info(JSON.stringify({ seed, plays, plain, ...counts }));
  for (const [name, share] of Object.entries(AT_LEAST)) {
    expect(counts[name] ?? 0, `${name} of ${plain}`).toBeGreaterThan(plain * share);
  }
});

it("leaves a plain client its hits, unless the origin has changed something", { timeout: 120_000 }, async () => {
  const failing = fc.record({
    kind: fc.constantFrom("all methods", "all methods, query ignored", "query sorted", "default"),
    path: fc.constantFrom("/max.css", "/none.css", "/shared.js", "/must.js", "/expires.css"),
    request: hostileRequest({ ...DEFAULT_SETTINGS, methods: "all" }),
    method: fc.constantFrom("POST", "PUT", "DELETE", "PATCH", "PURGE", "BAN", "PROPFIND", "OPTIONS"),
    word: fc.constantFrom("deny", "fail", "drop", "hold"),
  });
  const property = oneByOne(failing, async ({ kind, path, request, method, word }) => {
    const stage = await Stage.set(kind as ZoneKind);
    const ask = async () => (await received(stage.zone.get(path))).headers.get("x-cache");
    await ask();
    const fields = request.fields.map(([name, value]) => [name, value.replace(/cut|turn/, word)] as const);
    const query = request.query.replace(/cut|turn/, word);
    const attacked = attack(stage, [path, path], { ...request, method, fields, query, body: `${word}taint` }, []);
    await settled(attacked, 20);
    expect(await ask()).toBe("HIT");
    stage.release();
    await attacked;
    expect(await ask()).toBe("HIT");
  });
  const limit = env.ATTACK === undefined ? { interruptAfterTimeLimit: GATE_MS / 5 } : {};
  await fc.assert(property.runs, { numRuns: Math.ceil(PLAYS / 4), seed: newSeed(), ...limit });
  await property.last();
});
