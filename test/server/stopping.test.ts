import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { projectRoot } from "../../src/server/project.ts";
import { processTree } from "../bench/process-stat.ts";
import { drill, GONE_WITHIN_MS, isRunning } from "./stops/drill.ts";
import { type WayName, ways } from "./stops/ways.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder("stopping");

/** `STOPS=all` for all ways, and each signal at each moment (`npm run stops` for many of each); the gate has some of each kind. */
const isWhole = process.env.STOPS === "all";
const IN_GATE: readonly WayName[] = [
  "SIGTERM to the command alone",
  "Ctrl-C in a terminal",
  "a terminal that is closed",
];

/** When a server that starts is told to end: when it has just begun, while it builds, and when the first workerd is there. */
const moments = [
  (pids: readonly number[]) => pids.length > 1,
  (pids: readonly number[]) => pids.length > 2,
  (_pids: readonly number[], workerds: number) => workerds > 0,
];

/** What stays of the state, and what npm and Node leave for the next time. */
const OF_OTHERS = ["state", "node-compile-cache"];

/** Long enough for any answer that is not kept waiting, ms; where nothing else runs beside it. */
const AT_ONCE_MS = 5_000;

describe("npm run serve, stopped under load, answers what is in flight, counts it, refuses the rest at once, and is gone", () => {
  const workers: Record<WayName, number> = {
    "SIGTERM to the server alone": 1,
    "SIGTERM to the command alone": 2,
    "SIGTERM to the whole group": 1,
    "Ctrl-C in a terminal": 2,
    "SIGTERM to the whole group, twice": 4,
    "Ctrl-C in a terminal, twice": 1,
    "a terminal that is closed": 2,
  };
  it.each((Object.keys(ways) as WayName[]).filter((way) => isWhole || IN_GATE.includes(way)))("by %s", async (way) => {
    const [stop] = await drill(way, join(folder, way.replaceAll(/\W+/g, "-")), [workers[way]]);
    expect(stop).toMatchObject({ left: 0, cut: 0, requestsTooMany: 0, bytesTooMany: 0, lost: 0, wrong: [] });
    if (isWhole) expect(stop!.longestWait).toBeLessThan(AT_ONCE_MS);
    expect(stop!.refused).toBeGreaterThan(0);
    expect(stop!.written).toBeGreaterThan(0);
  });
});

describe("npm run serve, told to end before it is ready,", () => {
  it.each([
    ["SIGTERM", 0],
    ["SIGINT", 1],
    ["SIGHUP", 2],
  ] as const)("is gone with all that it has started: %s", async (signal, moment) => {
    const own = await mkdtemp(join(tmpdir(), "rescdn-starting-"));
    for (const isDue of isWhole ? moments : [moments[moment]!]) {
      const child = spawn("npm", ["run", "--silent", "serve"], {
        cwd: projectRoot,
        env: { ...process.env, PORT: "0", STATE_DIR: join(own, "state"), WORKERS: "2", TMPDIR: own },
        stdio: "ignore",
        detached: true,
      });
      const ended = once(child, "close");
      let seen: number[] = [];
      do {
        await new Promise((resolve) => setImmediate(resolve));
        seen = processTree(child.pid!);
      } while (!isDue(seen, processTree(child.pid!, "workerd").length));
      process.kill(-child.pid!, signal);
      await ended;
      await expect.poll(() => seen.filter(isRunning), { timeout: GONE_WITHIN_MS }).toEqual([]);
      const left = async () => (await readdir(own)).filter((name) => !OF_OTHERS.includes(name));
      await expect.poll(left).toEqual([]);
    }
    await rm(own, { recursive: true, force: true });
  });
});
