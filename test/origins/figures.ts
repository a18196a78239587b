/** The figures that the closing note of the cache names, measured on `npm run serve`: `node test/origins/figures.ts`. */
import { startCdn } from "./cdn.ts";
import { startLargeOrigin } from "./large-origin.ts";
import { type Checked, getChecked, rangeAt } from "./load.ts";
import { memoryOf, processListeningOn, restartPeak } from "./memory.ts";

const MIB = 1_048_576;
const rows: { figure: string; value: string; wanted: string; holds: boolean }[] = [];
const note = (figure: string, value: string | number, wanted: string, holds: boolean) =>
  rows.push({ figure, value: String(value), wanted, holds });
const mebibytes = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;
const milliseconds = (ms: number) => `${ms.toFixed(0)} ms`;

/** Many clients at once for one object that nobody has asked for yet. */
async function collapse(port: number, host: string, clients: number, size: number): Promise<void> {
  const before = origin.hits;
  const began = performance.now();
  const settled = await Promise.allSettled(
    Array.from({ length: clients }, () => getChecked(port, host, `/${size}/cold-${clients}?slow`)),
  );
  const right = settled.filter(({ status, value }: { status: string; value?: Checked }) => {
    return status === "fulfilled" && value?.status === 200 && value.isRight && value.bytes === size;
  }).length;
  const title = `${clients} clients, ${size} bytes, cold`;
  note(`${title}: requests at the origin`, origin.hits - before, "1", origin.hits - before === 1);
  note(`${title}: right answers`, right, String(clients), right === clients);
  note(`${title}: all served after`, milliseconds(performance.now() - began), "-", true);
}

/** A large object through a miss, a hit and ranges, and what it costs in memory. */
async function large(port: number, host: string, pid: number): Promise<void> {
  const size = 200 * MIB;
  const path = `/${size}/large`;
  const check = (title: string, got: Checked, status: number, bytes: number) => {
    const isRight = got.status === status && got.isRight && got.bytes === bytes;
    note(
      title,
      `${got.status} ${got.xCache}, ${mebibytes(got.bytes)} in ${milliseconds(got.lastByte)}`,
      "each byte right",
      isRight,
    );
  };
  await getChecked(port, host, `/${2 * MIB}/warm`);
  restartPeak(pid);
  const { resident } = memoryOf(pid);
  const grown = (title: string) => {
    const growth = memoryOf(pid).peak - resident;
    note(
      `memory, highest after the ${title}`,
      `+${mebibytes(growth)} on ${mebibytes(resident)}`,
      "< 64 MiB",
      growth < 64 * MIB,
    );
  };
  check("200 MiB, miss", await getChecked(port, host, path), 200, size);
  grown("miss");
  check("200 MiB, hit", await getChecked(port, host, path), 200, size);
  grown("hit");
  let right = 0;
  const began = performance.now();
  for (let index = 0; index < 50; index++) {
    const { first, last } = rangeAt(index, 50, size, 1_000_000);
    const got = await getChecked(port, host, path, { start: first, headers: { Range: `bytes=${first}-${last}` } });
    if (got.status === 206 && got.isRight && got.bytes === 1_000_000) right++;
  }
  note("50 ranges of 1 MB: right", `${right} in ${milliseconds(performance.now() - began)}`, "50", right === 50);
  grown("ranges");
}

/** The first byte of a miss while the origin takes a second more for its last. */
async function firstByte(port: number, host: string): Promise<void> {
  for (const size of [200_000, 8 * MIB]) {
    const got = await getChecked(port, host, `/${size}/first?slow`);
    const isEarly = got.isRight && got.firstByte < 500;
    note(
      `first byte of a miss of ${size} bytes`,
      `${milliseconds(got.firstByte)} of ${milliseconds(got.lastByte)}`,
      "< 500 ms",
      isEarly,
    );
  }
}

const [cdn, origin] = await Promise.all([startCdn(), startLargeOrigin()]);
const deadline = setTimeout(() => {
  console.table(rows);
  console.error("gave up after three minutes");
  process.exit(1);
}, 180_000);
try {
  const host = await cdn.zone(origin.url, { ttl: { other: 3_600 } });
  const pid = processListeningOn(cdn.port);
  await firstByte(cdn.port, host);
  await large(cdn.port, host, pid);
  const before = memoryOf(pid).resident;
  restartPeak(pid);
  await collapse(cdn.port, host, 1_000, 20_000);
  await collapse(cdn.port, host, 100, 4 * MIB);
  note("memory, highest after the many clients", `+${mebibytes(memoryOf(pid).peak - before)}`, "-", true);
} finally {
  clearTimeout(deadline);
  await cdn.stop();
  await origin.close();
}
console.table(rows);
process.exitCode = rows.every(({ holds }) => holds) ? 0 : 1;
