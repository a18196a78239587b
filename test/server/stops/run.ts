/** `npm run stops -- 100`: so many stops in each way, or in the one that is named, in servers of one, two and four processes, with a table at the end. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drill, type Stop } from "./drill.ts";
import { type WayName, ways } from "./ways.ts";

const count = Number(process.argv[2] ?? 10);
const chosen = (process.argv[3] === undefined ? Object.keys(ways) : [process.argv[3]]) as WayName[];
const folder = await mkdtemp(join(tmpdir(), "rescdn-stops-"));
let isGood = true;
for (const way of chosen) {
  const workers = Array.from({ length: count }, (_, index) => [1, 2, 4][index % 3]!);
  const stops = await drill(way, join(folder, way.replaceAll(/\W+/g, "-")), workers);
  for (const [index, stop] of stops.entries()) {
    if (isClean(stop)) continue;
    isGood = false;
    console.log(JSON.stringify({ way, index, ...stop, stderr: stop.stderr.slice(-2_000) }));
  }
  console.log(JSON.stringify(sumOf(way, stops)));
}
await rm(folder, { recursive: true, force: true });
process.exitCode = isGood ? 0 : 1;

function isClean(stop: Stop): boolean {
  return (
    stop.left === 0 &&
    stop.cut === 0 &&
    stop.requestsTooMany === 0 &&
    stop.bytesTooMany === 0 &&
    stop.lost === 0 &&
    stop.wrong.length === 0
  );
}

function sumOf(way: string, stops: readonly Stop[]) {
  const sum = (of: (stop: Stop) => number) => stops.reduce((total, stop) => total + of(stop), 0);
  const most = (of: (stop: Stop) => number) => Math.round(Math.max(...stops.map(of)));
  return {
    way,
    stops: stops.length,
    slowestEndMs: most((stop) => stop.tookMs),
    processesLeft: sum((stop) => stop.left),
    answered: sum((stop) => stop.answered),
    cut: sum((stop) => stop.cut),
    usageDifference: sum((stop) => Math.abs(stop.requestsTooMany)),
    bytesDifference: sum((stop) => Math.abs(stop.bytesTooMany)),
    refused: sum((stop) => stop.refused),
    reset: sum((stop) => stop.reset),
    longestWaitMs: most((stop) => stop.longestWait),
    written: sum((stop) => stop.written),
    lost: sum((stop) => stop.lost),
  };
}
