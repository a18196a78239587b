import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { type LargeOrigin, startLargeOrigin } from "./large-origin.ts";
import { getChecked } from "./load.ts";
import { memoryOf, processListeningOn, restartPeak } from "./memory.ts";
import { type RawAnswer, RawClient } from "./raw-client.ts";

const MIB = 1_048_576;
const SIZE = 16 * MIB;
const path = `/${SIZE}/hot`;

let cdn: Cdn;
let origin: LargeOrigin;
let host: string;

beforeAll(async () => {
  const memory = { MEMORY_BYTES: String(4 * SIZE), MEMORY_OBJECT_BYTES: String(SIZE) };
  [cdn, origin] = await Promise.all([startCdn(memory), startLargeOrigin()]);
  host = await cdn.zone(origin.url, { ttl: { other: 3_600 } });
});

afterAll(async () => {
  await cdn.stop();
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
