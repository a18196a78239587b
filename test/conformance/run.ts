/** `npm run conformance`: the public suite of cache tests against `npm run serve`, held against the named deviations. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../src/server/project.ts";
import { ADMIN_TOKEN } from "../server/new-account.ts";
import { request } from "../server/request.ts";
import { type ServeProcess, startServe } from "../server/serve-process.ts";
import { type Deviation, score } from "./score.ts";
import { judge, loadTests, runTests, startOrigin } from "./suite.ts";

/** The suite drives a plain proxy cache: every method and header passes, and no TTL of ours stands in. */
const settings = {
  methods: "all",
  forward: { headers: "all", cookies: true, authorization: true },
  ttl: { css: null, js: null, font: null, image: null, media: null, other: null },
  max_heuristic_ttl: 86_400,
  heuristic_without_extension: true,
  stale_if_error: 86_400,
};

const deviations = JSON.parse(
  await readFile(new URL("deviations.json", import.meta.url), "utf8"),
) as readonly Deviation[];
// An exit, unlike a signal, takes the servers started here along.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const stateDir = await mkdtemp(join(tmpdir(), "rescdn-conformance-"));
const origin = await startOrigin();
let server: ServeProcess | null = null;
try {
  server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
  await createZone(server.port, "conformance");
  const suites = await loadTests();
  const results = await runTests(suites, `http://conformance.rescdn.localhost:${server.port}`);
  const outcome = score(suites, await judge(suites, results), results, deviations);

  await mkdir(join(projectRoot, "dist"), { recursive: true });
  await writeFile(join(projectRoot, "dist/conformance.json"), JSON.stringify(results, null, 2));
  await writeFile(join(projectRoot, "dist/conformance.log"), server.stderr());
  print("Named deviations", outcome.expected);
  print("Failures that no deviation names", outcome.unexpected);
  print("Deviations that are none any more", outcome.obsolete);
  const { required, optimal } = outcome;
  console.log(`required ${required.passed} of ${required.of}, optimal ${optimal.passed} of ${optimal.of}`);
  if (outcome.unexpected.length > 0 || outcome.obsolete.length > 0) process.exitCode = 1;
} finally {
  await server?.stop();
  origin.stop();
  await rm(stateDir, { recursive: true, force: true });
}

async function createZone(port: number, name: string): Promise<void> {
  const api = "api.rescdn.localhost";
  const account = await request(port, api, "/admin/accounts", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    body: { name: "Conformance", email: "conformance@example.com" },
  });
  if (account.status !== 201) throw new Error(`account: ${account.status} ${account.body}`);
  const { keys } = JSON.parse(account.body) as { keys: { live: string } };
  const zone = await request(port, api, "/v1/zones", {
    method: "POST",
    headers: { "X-ResCDN-Key": keys.live },
    body: { name, origin: origin.url, settings },
  });
  if (zone.status !== 201) throw new Error(`zone: ${zone.status} ${zone.body}`);
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`);
}
