import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzz } from "./fuzz/fuzz.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const OPERATOR = "operator-token-of-the-fuzz-of-serve";
/** `API_FUZZ=10000` for a long run, `API_FUZZ_SEED` for another one. */
const REQUESTS = Number(process.env.API_FUZZ ?? 600);
const SEED = Number(process.env.API_FUZZ_SEED ?? 20_261_125);

const stateDir = temporaryFolder("fuzz");
let server: ServeProcess;

beforeAll(async () => {
  server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN: OPERATOR, ALLOW_PRIVATE_ORIGINS: "true" });
});
afterAll(() => server?.stop());

it("answers whatever it is sent without failing, hanging, or telling one account of another", {
  timeout: 60_000 + REQUESTS * 100,
}, async () => {
  const { wrong, ...tally } = await fuzz(server.port, OPERATOR, REQUESTS, SEED);
  console.log(JSON.stringify({ seed: SEED, ...tally }));
  expect(wrong).toEqual([]);
  expect(tally.answers["2xx"], "of the requests, so that some of them mean something").toBeGreaterThan(REQUESTS / 30);
});
