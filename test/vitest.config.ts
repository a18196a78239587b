import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";
import { COMPILE_CACHE } from "../src/server/project.ts";
import { STAND_INS } from "../src/server/stand-ins.ts";
import { LongestFirst } from "./longest-first.ts";
import { pureTests } from "./pure-tests.ts";
import { silenceExpectedNoise } from "./support/expected-noise.ts";

silenceExpectedNoise(process.stdout, process.stderr);

// Tests start the same programs again and again.
process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE;

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
/** How work grows with its input is measured in time. */
const timed = ["test/growth/**/*.test.ts"];

/** What people do in the dashboard, in a real browser. */
const inBrowser = ["test/dashboard/**/*.test.ts"];

/** A workspace has packages of its own, and they have tests. */
const packages = "test/client/node_modules/**";

const needsNode = [
  "test/bench/**/*.test.ts",
  "test/cli/**/*.test.ts",
  "test/server/**/*.test.ts",
  "test/rules/**/*.test.ts",
  ...timed,
  "test/conformance/**/*.test.ts",
  "test/origins/**/*.test.ts",
  ...inBrowser,
];

/** No test of these leaves anything to another, in storage or in modules: they need nothing new for each file. */
const pure = pureTests(at(".."), [...needsNode, packages]);

/** What the environment says of how much is tested, for tests in workerd. */
const sizes = (...names: string[]) =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));

/**
 * A machine that runs everything at once may hold up a test that waits for sockets or for the clock: in CI it may try again, and
 * the report says so. What fails three times in a row is broken.
 */
const retry = process.env.CI ? 2 : 0;

/** A process takes a second to start, and more to have the code: files follow one another in one, each with modules of its own. */
const oneAfterTheOther = { isolate: false, setupFiles: [at("support/fresh-modules.ts")] };

/** What is waited for comes in its own time: a busy machine is no failure. */
const expect = { poll: { timeout: 10_000 } };

export default defineConfig({
  test: {
    // Most of a run is waiting for servers: with as many workers as cores, a third of them stands idle.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // What the Worker logs matters to who looks for why a test has failed.
    silent: "passed-only",
    // One line for each call would bury what a failing test says.
    onConsoleLog: (log) => !log.includes('"event":"api_request"'),
    projects: [
      {
        root: at(".."),
        resolve: { alias: STAND_INS },
        plugins: [
          cloudflareTest(async () => ({
            main: at("../src/worker.ts"),
            wrangler: { configPath: at("../wrangler.toml") },
            miniflare: {
              bindings: {
                ADMIN_TOKEN: "operator-token-of-the-tests-in-workerd",
                KV_WRITE_INTERVAL_MS: "0",
                // Nobody: tests that want a resolver stand in for it.
                DOH_RESOLVER: "http://127.0.0.1:9/dns-query",
                SECRETS_KEY: "tests:dGhlLXNlY3JldHMtb2YtdGhlLXRlc3RzLWFyZS1hbGw",
                SIGN_IN_SECRET: "what-cookies-of-the-tests-are-signed-with",
                OPERATORS: "operator@rescdn.example",
                MIGRATIONS: await readD1Migrations(at("../src/db")),
                ...sizes(
                  "DNS_FUZZ",
                  "HOSTNAME_RACES",
                  "MODEL_REQUESTS",
                  "MODEL_SEED",
                  "ATTACK",
                  "ATTACK_SEED",
                  "UPPER_TIER",
                  "NETWORK",
                  "NETWORK_SEED",
                  "NETWORK_COPIES",
                ),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          retry,
          expect,
          testTimeout: 20_000,
          hookTimeout: 60_000,
          include: ["test/**/*.test.ts"],
          exclude: [...needsNode, ...pure, packages],
          isolate: false,
          setupFiles: [at("support/fresh-worker.ts")],
        },
      },
      {
        root: at(".."),
        resolve: { alias: STAND_INS },
        plugins: [cloudflareTest({ main: at("../src/worker.ts"), wrangler: { configPath: at("../wrangler.toml") } })],
        test: { name: "pure", include: pure, isolate: false, testTimeout: 20_000 },
      },
      {
        root: at(".."),
        test: {
          name: "node",
          retry,
          expect,
          include: needsNode,
          exclude: [...timed, ...inBrowser],
          ...oneAfterTheOther,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        root: at(".."),
        test: {
          name: "browser",
          retry,
          expect,
          include: inBrowser,
          ...oneAfterTheOther,
          globalSetup: at("dashboard/global-setup.ts"),
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // With nothing beside it: it measures.
      {
        root: at(".."),
        test: { name: "timed", retry, include: timed, testTimeout: 120_000, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
