import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cdn, startCdn } from "../cdn.ts";
import type { Listening } from "../listen.ts";
import { get } from "../raw-client.ts";
import { type HostileBytes, hostileBytes } from "./hostile-bytes.ts";
import { startShowingOrigin } from "./showing-origin.ts";

/** `ATTACK=5000` for a long run; the gate has other rounds each time. `ATTACK_SEED`, which a failure names, for one again. */
const ROUNDS = Number(process.env.ATTACK ?? 100);
const SEED = Number(process.env.ATTACK_SEED ?? crypto.getRandomValues(new Int32Array(1))[0]);

/** On a slow machine it is fewer rounds (ms). */
const GATE_MS = 10_000;

const none = { headers: [], cookies: false, authorization: false };
const everything = { headers: "all", cookies: true, authorization: true };
const ZONES: Record<string, Record<string, unknown>> = {
  default: {},
  "all headers": { forward: { ...none, headers: "all" } },
  "cookies and methods": { forward: { ...none, cookies: true }, methods: "all" },
  everything: { forward: everything, methods: "all", query: "ignore", cors: false },
  origin_host: { origin_host: "origin.example", forward: everything },
};

const NAMES = ["max.css", "none.css", "shared.js", "page", "must.js", "vary.css", "missing.png", "no-cache.css"];
const SHAPES = {
  whole: ["GET", {}],
  head: ["HEAD", {}],
  part: ["GET", { Range: "bytes=0-99" }],
  signed: ["GET", { Cookie: "user=plain" }],
} as const satisfies Record<string, readonly [string, Record<string, string>]>;

/** What two caches may say differently of one answer. */
const OF_THE_CACHE = ["age", "date", "cache-status", "x-cache", "content-length", "transfer-encoding", "accept-ranges"];

let cdn: Cdn;
let origins: Record<"honest" | "silent", Listening>;
/** Of each kind a zone that the hostile client attacks, and one that it never asks. */
const zones = new Map<string, { attacked: string; left: string }>();

beforeAll(async () => {
  const [started, honest, silent] = await Promise.all([
    startCdn(),
    startShowingOrigin("honest"),
    startShowingOrigin("silent"),
  ]);
  cdn = started;
  origins = { honest, silent };
  for (const [kind, settings] of Object.entries(ZONES)) {
    const { headers } = (settings.forward ?? none) as typeof everything | typeof none;
    const { url } = headers === "all" ? honest : silent;
    zones.set(kind, { attacked: await cdn.zone(url, settings), left: await cdn.zone(url, settings) });
  }
});

afterAll(async () => {
  await cdn.stop();
  await origins.honest.close();
  await origins.silent.close();
});

const round = fc.record({
  kind: fc.constantFrom(...Object.keys(ZONES)),
  name: fc.constantFrom(...NAMES),
  shape: fc.constantFrom(...(Object.keys(SHAPES) as (keyof typeof SHAPES)[])),
  before: fc.array(hostileBytes, { maxLength: 2 }),
  meanwhile: fc.array(hostileBytes, { minLength: 1, maxLength: 3 }),
});

it("shows a plain client nothing of what a hostile one writes on its socket", {
  timeout: 60_000 + GATE_MS + ROUNDS * 1_000,
}, async () => {
  let rounds = 0;
  const statuses: Record<string, number> = {};
  const property = fc.asyncProperty(round, async ({ kind, name, shape, before, meanwhile }) => {
    const path = `/${++rounds}/${name}`;
    const { attacked, left } = zones.get(kind)!;
    const open: (() => void)[] = [];
    for (const bytes of before) open.push(await write(attacked, path, bytes));
    const started = Promise.all(meanwhile.map((bytes) => write(attacked, path, bytes)));
    const seen = await ask(attacked, path, shape);
    for (const close of [...open, ...(await started)]) close();
    const status = seen.slice(0, 3);
    statuses[status] = (statuses[status] ?? 0) + 1;
    expect(seen).not.toMatch(/taint/i);
    const alone = [await ask(left, path, shape), await ask(left, path, shape), await askAfterWhole(left, path, shape)];
    expect(alone).toContain(seen);
  });
  const limit = process.env.ATTACK === undefined ? { interruptAfterTimeLimit: GATE_MS } : {};
  await fc.assert(property, { numRuns: ROUNDS, seed: SEED, ...limit });
  console.info(JSON.stringify({ seed: SEED, rounds, ...statuses }));
  // Who is answered nothing can be shown nothing.
  expect(statuses["200"]).toBeGreaterThan(rounds / 3);
});

/** Writes on a connection of its own; gives what closes it. */
async function write(host: string, path: string, { text, end }: HostileBytes): Promise<() => void> {
  const socket = connect(cdn.port, "127.0.0.1");
  socket.on("error", () => undefined); // the server may end the connection
  await once(socket, "connect");
  socket.write(Buffer.from(text.replaceAll("<host>", host).replaceAll("<path>", path), "latin1"));
  if (end === "ends") socket.end();
  if (end === "resets") socket.resetAndDestroy();
  // What waits for an answer that its origin withholds does not wait for ever.
  if (end === "reads")
    await Promise.race([
      once(socket, "data"),
      once(socket, "close"),
      new Promise((resolve) => setTimeout(resolve, 100)),
    ]);
  return () => socket.destroy();
}

async function ask(host: string, path: string, shape: keyof typeof SHAPES): Promise<string> {
  const [method, headers] = SHAPES[shape];
  const got = await get(cdn.port, host, path, headers, method);
  if (got.end === "no-answer") return "no answer";
  const fields = Object.entries(got.headers).filter(([name]) => !OF_THE_CACHE.includes(name));
  const lines = fields.map(([name, value]) => `${name}: ${value}`).sort();
  return [`${got.status} ${got.end}`, ...lines, "", got.body.toString("latin1")].join("\n");
}

async function askAfterWhole(host: string, path: string, shape: keyof typeof SHAPES): Promise<string> {
  await ask(host, path, "whole");
  return ask(host, path, shape);
}
