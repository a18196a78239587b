/** `node test/server/restore/run.ts 200`: the drill at full size, with figures at the end. */
import { drill } from "./drill.ts";

const zones = Number(process.argv[2] ?? 200);
for (const [kind, workers] of [
  ["live", 1],
  ["live", 2],
  ["folder", 1],
] as const) {
  const { differences, purgedServed, failures, ...figures } = await drill({ zones, workers, kind });
  const wrong = { differences: differences.length, purgedServed: purgedServed.length, failures: failures.length };
  console.log(JSON.stringify({ kind, workers, ...wrong, ...figures }, null, 2));
  console.log([...differences, ...purgedServed, ...failures].slice(0, 20).join("\n"));
  if (differences.length + purgedServed.length + failures.length > 0) process.exitCode = 1;
}
