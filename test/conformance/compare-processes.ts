import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** What a run of the suite says. */
interface Run {
  total: string;
  failed: string[];
}

const RUN = fileURLToPath(new URL("run.ts", import.meta.url));

/** The suite knows one run a process. @param processes of the server */
async function runWith(processes: number): Promise<Run> {
  const { stdout } = await promisify(execFile)(process.execPath, [RUN, "tier", String(processes)]);
  return JSON.parse(stdout) as Run;
}

/**
 * Runs the suite against one process, then against two that ask the origin through the upper tier, and says what only the two
 * fail.
 *
 * @returns whether that is nothing
 */
export async function compareProcesses(): Promise<boolean> {
  const one = await runWith(1);
  const two = await runWith(2);
  const idOf = (failure: string) => failure.split(":", 1)[0]!;
  const known = new Set(one.failed.map(idOf));
  const worse = two.failed.filter((failure) => !known.has(idOf(failure)));
  const failing = new Set(two.failed.map(idOf));
  const better = one.failed.filter((failure) => !failing.has(idOf(failure)));
  console.log(`one process:  ${one.total}`);
  console.log(`two and tier: ${two.total}`);
  for (const failure of worse) console.log(`  only through the tier fails ${failure}`);
  for (const failure of better) console.log(`  only without the tier fails ${failure}`);
  return worse.length === 0;
}
