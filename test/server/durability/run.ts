/** `npm run durability -- 30`: as many kills as one likes, with figures at the end. */
import { survive } from "./survive.ts";

const kills = Number(process.argv[2] ?? 30);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const tally = await survive(kills, seed);
console.log(JSON.stringify({ kills, seed, ...tally }, null, 2));
process.exitCode = tally.wrong.length === 0 ? 0 : 1;
