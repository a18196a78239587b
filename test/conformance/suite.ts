import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { createRequire } from "node:module";
import type { LookupFunction } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { projectRoot } from "../../src/server/project.ts";

/** The public suite of cache tests, as its package lays it out. */
const folder = join(projectRoot, "node_modules/http-cache-tests");

/** `kind` is absent where the test is required. */
export interface Test {
  id: string;
  name: string;
  kind?: "required" | "optimal" | "check";
  browser_only?: boolean;
}

export interface TestSuite {
  id: string;
  tests: readonly Test[];
}

/** By test id: `true`, or the kind of failure and its message. */
export type Results = Readonly<Record<string, true | readonly [kind: string, message: string]>>;

type Fetch = (url: string, init?: object) => Promise<unknown>;

interface Runner {
  runTests(suites: readonly TestSuite[], fetch: Fetch, browserCache: boolean, baseUrl: string): Promise<void>;
  getResults(): Results;
}

interface Display {
  /** A glyph, a colour and a symbol; the symbol is what tells one kind of result from the other. */
  determineTestResult(suites: readonly TestSuite[], id: string, results: Results): readonly [string, string, string];
}

async function load<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(folder, path)).href)) as T;
}

/** All tests that concern a shared cache. */
export async function loadTests(): Promise<TestSuite[]> {
  const { default: suites } = await load<{ default: TestSuite[] }>("tests/index.mjs");
  const { default: surrogate } = await load<{ default: TestSuite }>("tests/surrogate-control.mjs");
  return [...suites, surrogate].map((suite) => ({ ...suite, tests: suite.tests.filter((test) => !test.browser_only) }));
}

/** After so many ms without an answer a request, and so its test, has failed. */
const PATIENCE_MS = 15_000;

/** What tells the requests of one test from those of the others; `""`: nothing does. */
export function testOf(url: string): string {
  return /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(url)?.[0] ?? "";
}

/**
 * Runs the tests against the cache at `baseUrl`, whose host is taken for this machine whatever its name.
 *
 * @param origin where the suite is told of a test, and asked what came of it, and each test has a connection of its own, so that
 *   one of several processes answers it; null: through the cache
 * @param note is told of each request with its number in its test
 */
export async function runTests(
  suites: readonly TestSuite[],
  baseUrl: string,
  origin: string | null,
  note: (test: string, number: string) => void = () => undefined,
): Promise<Results> {
  const runner = await load<Runner>("client/runner.mjs");
  const nodeFetch = createRequire(join(folder, "package.json"))("node-fetch") as Fetch;
  const lookup: LookupFunction = (_host, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]);
  const shared = new Agent({ lookup });
  const agents = new Map<string, Agent>();
  const agentFor = (url: string) => {
    const id = testOf(url);
    if (origin === null || id === "") return shared;
    const agent = agents.get(id) ?? new Agent({ lookup, keepAlive: true, maxSockets: 1 });
    agents.set(id, agent);
    return agent;
  };
  const isAboutTest = (url: string) => url.startsWith(`${baseUrl}/config/`) || url.startsWith(`${baseUrl}/state/`);
  await runner.runTests(
    suites,
    (url, init) => {
      const [, number] =
        (init as { headers?: [string, string][] } | undefined)?.headers?.find(([name]) => name === "Req-Num") ?? [];
      if (number !== undefined) note(testOf(url), number);
      const at = origin !== null && isAboutTest(url) ? origin + url.slice(baseUrl.length) : url;
      return nodeFetch(at, { ...init, agent: at === url ? agentFor(url) : shared, timeout: PATIENCE_MS });
    },
    false,
    baseUrl,
  );
  for (const agent of agents.values()) agent.destroy();
  return runner.getResults();
}

/** The suite's own verdict over each test, which heeds the tests that it depends on. */
export async function judge(suites: readonly TestSuite[], results: Results): Promise<Map<string, string>> {
  const { determineTestResult } = await load<Display>("lib/display.mjs");
  const tests = suites.flatMap((suite) => suite.tests);
  return new Map(tests.map(({ id }) => [id, determineTestResult(suites, id, results)[2]]));
}

/** The suite's origin on a free port. */
export async function startOrigin(): Promise<{ url: string; stop(): void }> {
  const child: ChildProcess = spawn(process.execPath, ["--no-warnings", "server/server.mjs"], {
    cwd: folder,
    env: { ...process.env, npm_config_protocol: "http", npm_config_port: "0", npm_config_pidfile: "/dev/null" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill());
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout!).on("line", (line) => {
      const listening = /^Listening on .+:(\d+)\/$/.exec(line)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    child.once("exit", (code) => reject(new Error(`the suite's origin ended with ${code}`)));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}
