/**
 * `npm run conformance`: the public suite of cache tests against `npm run serve`, held against the named deviations.
 * `npm run conformance -- tier`: what one process passes, two have to pass that ask the origin through the upper tier.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../src/server/project.ts";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import { ADMIN_TOKEN } from "../server/new-account.ts";
import { request } from "../server/request.ts";
import { type ServeProcess, startServe } from "../server/serve-process.ts";
import { compareProcesses } from "./compare-processes.ts";
import { numberingOrigin } from "./numbering-origin.ts";
import { type Deviation, score } from "./score.ts";
import { judge, loadTests, runTests, startOrigin, testOf } from "./suite.ts";

/** No TTL of ours stands in. */
const withoutTtl = {
  ttl: { css: null, js: null, font: null, image: null, media: null, other: null },
  max_heuristic_ttl: 86_400,
  heuristic_without_extension: true,
  stale_if_error: 86_400,
};

/** The suite drives a plain proxy cache: every method and header passes. */
const plainProxy: Partial<ZoneSettings> = {
  ...withoutTtl,
  methods: "all",
  forward: { headers: "all", cookies: true, authorization: true },
};

/** A zone that the upper tier stands before: the origin sees no more of a client than what is in the key. */
const behindTier: Partial<ZoneSettings> = {
  ...withoutTtl,
  forward: {
    headers: ["foo", "bar", "baz", "abc", "accept-language", "accept"],
    cookies: false,
    authorization: false,
  },
};

// An exit, unlike a signal, takes the servers started here along.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const [mode, processes] = process.argv.slice(2);
if (mode === "tier" && processes === undefined) process.exitCode = (await compareProcesses()) ? 0 : 1;
else await run();

async function run(): Promise<void> {
  const isBehindTier = mode === "tier";
  const path = new URL("deviations.json", import.meta.url);
  const deviations = isBehindTier ? [] : (JSON.parse(await readFile(path, "utf8")) as readonly Deviation[]);
  const stateDir = await mkdtemp(join(tmpdir(), "rescdn-conformance-"));
  const origin = await startOrigin();
  const numbers = new Map<string, string>();
  const numbering = await numberingOrigin(origin.url, (url) => numbers.get(testOf(url)));
  let server: ServeProcess | null = null;
  try {
    const own = { STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: processes ?? "1" };
    server = await startServe(own);
    await createZone(
      server.port,
      "conformance",
      isBehindTier ? numbering.url : origin.url,
      isBehindTier ? behindTier : plainProxy,
    );
    const suites = await loadTests();
    const base = `http://conformance.rescdn.localhost:${server.port}`;
    const note = (test: string, number: string) => numbers.set(test, number);
    const results = await runTests(suites, base, isBehindTier ? origin.url : null, note);
    const outcome = score(suites, await judge(suites, results), results, deviations);

    const name = isBehindTier ? `conformance-${processes}` : "conformance";
    await mkdir(join(projectRoot, "dist"), { recursive: true });
    await writeFile(join(projectRoot, `dist/${name}.json`), JSON.stringify(results, null, 2));
    await writeFile(join(projectRoot, `dist/${name}.log`), server.stderr());
    const { required, optimal } = outcome;
    const total = `required ${required.passed} of ${required.of}, optimal ${optimal.passed} of ${optimal.of}`;
    if (isBehindTier) {
      process.stdout.write(JSON.stringify({ total, failed: outcome.unexpected }));
      return;
    }
    print("Named deviations", outcome.expected);
    print("Failures that no deviation names", outcome.unexpected);
    print("Deviations that are none any more", outcome.obsolete);
    console.log(total);
    if (outcome.unexpected.length > 0 || outcome.obsolete.length > 0) process.exitCode = 1;
  } finally {
    await server?.stop();
    numbering.stop();
    origin.stop();
    await rm(stateDir, { recursive: true, force: true });
  }
}

async function createZone(port: number, name: string, origin: string, settings: Partial<ZoneSettings>): Promise<void> {
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
    body: { name, origin, settings },
  });
  if (zone.status !== 201) throw new Error(`zone: ${zone.status} ${zone.body}`);
}

function print(title: string, lines: readonly string[]): void {
  if (lines.length > 0) console.log(`${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`);
}
