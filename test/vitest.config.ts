import { fileURLToPath } from "node:url";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const needsNode = [
  "test/bench/**/*.test.ts",
  "test/dev/**/*.test.ts",
  "test/rules/**/*.test.ts",
  "test/conformance/**/*.test.ts",
  "test/origins/**/*.test.ts",
];

export default defineConfig({
  test: {
    // One line for each call would bury what a failing test says.
    onConsoleLog: (log) => !log.includes('"event":"api_request"'),
    projects: [
      {
        root: at(".."),
        plugins: [
          cloudflareTest(async () => ({
            main: at("../src/worker.ts"),
            wrangler: { configPath: at("../wrangler.toml") },
            miniflare: {
              bindings: {
                ADMIN_TOKEN: "operator-token-of-the-tests-in-workerd",
                MIGRATIONS: await readD1Migrations(at("../src/db")),
                ...(process.env.MODEL_REQUESTS !== undefined && { MODEL_REQUESTS: process.env.MODEL_REQUESTS }),
                ...(process.env.MODEL_SEED !== undefined && { MODEL_SEED: process.env.MODEL_SEED }),
                ...(process.env.DNS_FUZZ !== undefined && { DNS_FUZZ: process.env.DNS_FUZZ }),
              },
            },
          })),
        ],
        test: {
          name: "workerd",
          include: ["test/**/*.test.ts"],
          exclude: needsNode,
          setupFiles: [at("support/migrate.ts")],
        },
      },
      { root: at(".."), test: { name: "node", include: needsNode, testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
