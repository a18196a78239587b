/** `npm run bench`: compares ours with its alternatives, in one run on this machine. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail } from "../../src/server/command.ts";
import { projectRoot } from "../../src/server/project.ts";
import { ASSETS } from "./assets.ts";
import { type Comparison, compare } from "./compare.ts";
import { missing } from "./contenders/installed.ts";
import { measureCores } from "./cores.ts";
import { type Count, countCalls } from "./counts.ts";
import { measureDashboard, type PageLoad } from "./dashboard.ts";
import { type ListTime, measureLists } from "./dashboard-lists.ts";
import { measureDns } from "./dns.ts";
import { type Growth, measureGrowth } from "./growth.ts";
import { type KindResult, measureKinds } from "./kinds.ts";
import { describeMachine, pinToLoadCore, requireMachine } from "./machine.ts";
import type { Round } from "./measure.ts";
import { type MemorySize, measureMemory } from "./memory.ts";
import { optionsFrom } from "./options.ts";
import type { Pauses } from "./pause-summary.ts";
import { measurePauses } from "./pauses.ts";
import {
  comparisonReport,
  coresReport,
  countsReport,
  dashboardReport,
  dnsReport,
  growthReport,
  kindsReport,
  memoryReport,
  pausesReport,
  startupReport,
  tailsReport,
} from "./report.ts";
import { measureStartup, type Startup } from "./startup.ts";
import { measureTails, type TailCost } from "./tail.ts";

const options = optionsFrom(process.argv.slice(2));
try {
  requireMachine();
} catch (error) {
  fail((error as Error).message);
}
// Unlike a signal, an exit also ends the servers started here.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

const date = new Date().toISOString();
const machine = describeMachine();
console.log(`${date}, ${machine.cpu}, ${machine.cores} cores, load average ${machine.loadAverage.toFixed(2)}`);
console.log(`${options.rounds} rounds of ${options.seconds} s, medians`);
const folder = mkdtempSync(join(tmpdir(), "rescdn-bench-"));
chmodSync(folder, 0o711); // servers that run as nobody have their folders in it
process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
pinToLoadCore();

const comparisons: Comparison[] = [];
let kinds: KindResult[] = [];
let memory: MemorySize[] = [];
const pauses: Pauses[] = [];
let cores: Round[] = [];
let counts: Count[] = [];
let growth: Growth[] = [];
let dns: Round[] = [];
let tails: TailCost[] = [];
let startup: Startup[] = [];
let dashboard: PageLoad[] | null = null;
let lists: ListTime[] | null = null;
if ((["compare", "store", "miss"] as const).some((part) => options.parts.has(part))) {
  if (options.parts.has("compare")) for (const line of missing) console.log(line);
  for (const asset of ASSETS) {
    const comparison = await compare(asset, options, folder);
    comparisons.push(comparison);
    console.log(`\n${comparisonReport(comparison)}`);
  }
}
if (options.parts.has("kinds")) {
  kinds = await measureKinds(options, folder);
  console.log(`\n${kindsReport(kinds)}`);
}
if (options.parts.has("memory")) {
  memory = await measureMemory(options, folder);
  console.log(`\n${memoryReport(memory)}`);
}
if (options.parts.has("pauses")) {
  for (const asset of ASSETS) {
    const measured = await measurePauses(asset, options, folder);
    pauses.push(measured);
    console.log(`\n${pausesReport(measured)}`);
  }
}
if (options.parts.has("cores")) {
  cores = await measureCores(options, folder);
  console.log(`\n${coresReport(cores)}`);
}
if (options.parts.has("counts")) {
  counts = await countCalls(folder);
  console.log(`\n${countsReport(counts, comparisons[0])}`);
}
if (options.parts.has("growth")) {
  growth = await measureGrowth(options, folder);
  console.log(`\n${growthReport(growth)}`);
}
if (options.parts.has("dns")) {
  dns = await measureDns(options, folder);
  console.log(`\n${dnsReport(dns)}`);
}
if (options.parts.has("tail")) {
  tails = await measureTails(options, folder);
  console.log(`\n${tailsReport(tails)}`);
}
if (options.parts.has("startup")) {
  startup = await measureStartup(options, folder);
  console.log(`\n${startupReport(startup)}`);
}
if (options.parts.has("dashboard")) {
  dashboard = await measureDashboard(options);
  lists = await measureLists(options, folder);
  console.log(
    `\n${dashboard === null ? "dashboard: no browser (apt-get install chromium)" : dashboardReport(dashboard, lists ?? [])}`,
  );
}

const results = join(projectRoot, "dist/bench.json");
mkdirSync(join(projectRoot, "dist"), { recursive: true });
const { rounds, seconds } = options;
writeFileSync(
  results,
  JSON.stringify(
    {
      date,
      machine,
      rounds,
      seconds,
      comparisons,
      kinds,
      memory,
      pauses,
      cores,
      counts,
      growth,
      dns,
      tails,
      startup,
      dashboard,
      lists,
    },
    null,
    2,
  ),
);
console.log("\nEvery round: dist/bench.json");
