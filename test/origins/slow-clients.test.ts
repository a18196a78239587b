import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { type LargeOrigin, startLargeOrigin } from "./large-origin.ts";
import { getChecked } from "./load.ts";
import { memoryOf, processListeningOn, restartPeak } from "./memory.ts";
import { type RawAnswer, RawClient } from "./raw-client.ts";

const MIB = 1_048_576;
const SIZE = 16 * MIB;
const path = `/${SIZE}/hot`;

/** After so long without taking anything a client is let go, in the second CDN (ms). */
const STALLED_MS = 1_000;

let cdn: Cdn;
let impatient: Cdn;
let origin: LargeOrigin;
let host: string;

beforeAll(async () => {
  const memory = { MEMORY_BYTES: String(4 * SIZE), MEMORY_OBJECT_BYTES: String(SIZE) };
  [cdn, impatient, origin] = await Promise.all([
    startCdn(memory),
    startCdn({ ...memory, STALLED_CLIENT_MS: String(STALLED_MS) }),
    startLargeOrigin(),
  ]);
  host = await cdn.zone(origin.url, { ttl: { other: 3_600 } });
  await impatient.zone(origin.url, { ttl: { other: 3_600 } });
});

afterAll(async () => {
  await Promise.all([cdn.stop(), impatient.stop()]);
  await origin.close();
});

it("20 clients that do not read 16 MiB out of memory do not cost a copy each, and can read on", async () => {
  for (let i = 0; i < 4; i++) {
    expect(await getChecked(cdn.port, host, path)).toMatchObject({ status: 200, bytes: SIZE, isRight: true });
  }
  const pid = processListeningOn(cdn.port);
  restartPeak(pid);
  const before = memoryOf(pid).resident;
  const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(cdn.port)));
  for (const client of clients) {
    await client.ask(host, path).arrived(1_000);
    client.stall();
  }
  const headers = { Range: `bytes=${MIB}-${4 * MIB - 1}` };
  const part = await getChecked(cdn.port, host, path, { start: MIB, headers });
  expect(part).toMatchObject({ status: 206, xCache: "HIT", bytes: 3 * MIB, isRight: true });
  expect((memoryOf(pid).peak - before) / MIB).toBeLessThan(100);
  const [first, ...others] = clients;
  for (const client of others) client.leave();
  first!.socket.resume();
  const whole = (await first!.receive()) as RawAnswer;
  expect([whole.end, whole.body.byteLength]).toEqual(["whole", SIZE]);
  first!.leave();
});

/** Makes an object hot, or at least stored. */
async function warm(target: string): Promise<void> {
  for (let i = 0; i < 4; i++) expect((await getChecked(impatient.port, host, target)).isRight).toBe(true);
}

describe("a client that takes nothing for too long is let go", () => {
  it.each([
    ["of a body in memory", `/${SIZE}/hot-stalled`, true],
    ["of a body in the store", `/${2 * SIZE}/stored-stalled`, true],
    ["of a body on its way from the origin", `/${2 * SIZE}/cold-stalled`, false],
  ])("%s", async (_title, target, isWarm) => {
    if (isWarm) await warm(target);
    const client = await RawClient.open(impatient.port);
    await client.ask(host, target).arrived(1_000);
    client.stall();
    // Let go after the other, and its origin's connection is closed: that is an event to wait for.
    const later = await RawClient.open(impatient.port);
    await later.ask(host, `/${4 * SIZE}/later-${target.slice(1)}`).arrived(1_000);
    later.stall();
    await expect.poll(() => origin.broken, { timeout: 20_000 }).toBeGreaterThan(0);
    origin.broken = 0;
    client.socket.resume();
    const got = (await client.receive()) as RawAnswer;
    expect([got.status, got.end]).toEqual([200, "broken"]);
    for (const each of [client, later]) each.leave();
  });

  it("but not one that reads slowly", async () => {
    const target = `/${SIZE}/hot-slow`;
    await warm(target);
    const client = await RawClient.open(impatient.port);
    client.ask(host, target);
    const answered = client.receive();
    // Eight pauses, which take longer together than it may take nothing.
    let taken = 0;
    client.socket.on("data", ({ byteLength }) => {
      taken += byteLength;
      if (taken < SIZE / 9) return;
      taken = 0;
      client.socket.pause();
      setTimeout(() => client.socket.resume(), STALLED_MS / 4);
    });
    const got = (await answered) as RawAnswer;
    expect([got.status, got.end, got.body.byteLength]).toEqual([200, "whole", SIZE]);
    client.leave();
  });
});

describe("a client that takes nothing of a large object", () => {
  it("keeps it from the others for one more request, not longer", async () => {
    const target = `/${SIZE}/held-up`;
    const leader = await RawClient.open(cdn.port);
    await leader.ask(host, target).arrived(1_000);
    leader.stall();
    const before = origin.hits;
    const seen: unknown[] = [];
    for (let i = 0; i < 3; i++) {
      const got = await getChecked(cdn.port, host, target);
      seen.push([got.xCache, got.isRight]);
    }
    expect(seen).toEqual([
      ["BYPASS", true],
      ["MISS", true],
      ["HIT", true],
    ]);
    expect(origin.hits - before).toBe(2);
    // What the leader fetched before is no longer wanted in the store.
    leader.socket.resume();
    expect(await leader.receive()).toMatchObject({ end: "whole" });
    leader.leave();
    expect((await getChecked(cdn.port, host, target)).xCache).toBe("HIT");
  });
});
