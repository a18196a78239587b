/**
 * Usage is exact under load while 1 % of the meters' calls fail: `node test/origins/usage/load.ts [requests]`, 100,000 by
 * default. Prints what was made and where the reports differ; ends with 1 where they do.
 */
import { runUsageLoad } from "./run.ts";

const { requests, seconds, bytes, calls, differences } = await runUsageLoad(Number(process.argv[2] ?? 100_000), 100);
console.log(`${requests} requests in ${seconds.toFixed(1)} s, ${bytes} bytes of bodies received`);
console.log(
  `${calls.all} calls to meters: ${calls.refused} refused before, ${calls.unanswered} lost after they were added`,
);
console.log(differences.length === 0 ? "the reports are equal to what the clients saw" : differences.join("\n"));
process.exit(differences.length === 0 ? 0 : 1);
