/** `npm run bench`: ours beside what one would use in its place, in one run on this machine. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail } from "../command.ts";
import { projectRoot } from "../project.ts";
import { ASSETS } from "./assets.ts";
import { type Comparison, compare } from "./compare.ts";
import { missing } from "./contenders/installed.ts";
import { describeMachine, pinToLoadCore, requireMachine } from "./machine.ts";
import { optionsFrom } from "./options.ts";
import { comparisonReport } from "./report.ts";

const options = optionsFrom(process.argv.slice(2));
try {
  requireMachine();
} catch (error) {
  fail((error as Error).message);
}
// An exit, unlike a signal, takes the servers started here along.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const date = new Date().toISOString();
const machine = describeMachine();
const folder = mkdtempSync(join(tmpdir(), "rescdn-bench-"));
chmodSync(folder, 0o711); // servers that run as nobody have their folders in it
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
pinToLoadCore();

const comparisons: Comparison[] = [];
for (const asset of ASSETS) {
  const comparison = await compare(asset, options, folder);
  comparisons.push(comparison);
  console.log(`\n${comparisonReport(comparison)}`);
}
for (const line of missing) console.log(line);

mkdirSync(join(projectRoot, "dist"), { recursive: true });
writeFileSync(join(projectRoot, "dist/bench.json"), JSON.stringify({ date, machine, options, comparisons }, null, 2));
console.log("\nevery round: dist/bench.json");
