import { type ChildProcess, spawn } from "node:child_process";
import { Agent } from "node:http";
import { createRequire } from "node:module";
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

/** Runs the tests against the cache at `baseUrl`, whose host is taken for this machine whatever its name. */
export async function runTests(suites: readonly TestSuite[], baseUrl: string): Promise<Results> {
  const runner = await load<Runner>("client/runner.mjs");
  const nodeFetch = createRequire(join(folder, "package.json"))("node-fetch") as Fetch;
  const agent = new Agent({ lookup: (_host, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]) });
  await runner.runTests(
    suites,
    (url, init) => nodeFetch(url, { ...init, agent, timeout: PATIENCE_MS }),
    false,
    baseUrl,
  );
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
