import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { type LargeOrigin, startLargeOrigin } from "./large-origin.ts";
import { getChecked, rangeAt } from "./load.ts";
import { memoryOf, processListeningOn, restartPeak } from "./memory.ts";

const MIB = 1_048_576;

let cdn: Cdn;
let origin: LargeOrigin;
let host: string;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), startLargeOrigin()]);
  host = await cdn.zone(origin.url, { ttl: { other: 3_600 } });
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

it("1,000 concurrent requests for one cold object are one request to the origin, and 1,000 right answers", async () => {
  const before = origin.hits;
  const all = await Promise.all(Array.from({ length: 1_000 }, () => getChecked(cdn.port, host, "/20000/cold?slow")));
  expect(all.filter(({ status, isRight, bytes }) => status === 200 && isRight && bytes === 20_000)).toHaveLength(1_000);
  expect(origin.hits - before).toBe(1);
});

it("the first byte of a miss does not wait for the origin's last", async () => {
  for (const size of [200_000, 3 * MIB]) {
    const got = await getChecked(cdn.port, host, `/${size}/slow?slow`);
    expect(got).toMatchObject({ status: 200, xCache: "MISS", isRight: true });
    // The origin waits for a second before its last.
    expect(got.lastByte - got.firstByte).toBeGreaterThan(500);
  }
});

it("64 MB pass through a miss, a hit and ranges, while the process grows by less than that", async () => {
  const size = 64 * MIB;
  const pid = processListeningOn(cdn.port);
  await getChecked(cdn.port, host, `/${2 * MIB}/warm`);
  restartPeak(pid);
  const before = memoryOf(pid).resident;
  for (const xCache of ["MISS", "HIT"]) {
    const whole = await getChecked(cdn.port, host, `/${size}/large`);
    expect(whole).toMatchObject({ status: 200, xCache, bytes: size, isRight: true });
  }
  for (let index = 0; index < 10; index++) {
    const { first, last } = rangeAt(index, 10, size, 100_000);
    const headers = { Range: `bytes=${first}-${last}` };
    const part = await getChecked(cdn.port, host, `/${size}/large`, { start: first, headers });
    expect(part).toMatchObject({ status: 206, bytes: 100_000, isRight: true });
  }
  expect((memoryOf(pid).peak - before) / MIB).toBeLessThan(64);
});
