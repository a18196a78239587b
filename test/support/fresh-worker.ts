import { env } from "cloudflare:workers";
import { vi } from "vitest";

// Test files follow one another in one workerd, which has already loaded the modules. Each begins with new modules and empty
// storage.

/** The part of the importer of test modules that is used here. */
interface ModuleRunner {
  transport: { invoke(name: string, args: [url: string, importer?: string, how?: { cached?: boolean }]): unknown };
  /** Modules being loaded. */
  concurrentModuleNodePromises: Map<string, unknown>;
}

declare global {
  interface ImportMeta {
    glob(patterns: readonly string[]): Record<string, () => Promise<unknown>>;
  }
  var __vitest_mocker__: { moduleRunner: ModuleRunner };
  var isPrepared: true | undefined;
}

const runner = globalThis.__vitest_mocker__.moduleRunner;
if (!globalThis.isPrepared) {
  globalThis.isPrepared = true;
  const { invoke } = runner.transport;
  // Modules that are there already need no I/O, which would belong to the request that imports them.
  runner.transport.invoke = async (name, args) =>
    name === "fetchModule" && args[2]?.cached ? { cache: true } : invoke(name, args);
}
runner.concurrentModuleNodePromises.clear();
vi.resetModules();

// Also all modules that requests may import: if a request ended during an import, or two waited for the same one, it would
// never finish.
const modules = import.meta.glob(["../../src/**/*.ts", "!**/*.d.ts", "!../../src/{server,cli,docs,dashboard/page}/**"]);
await Promise.all(Object.values(modules).map((load) => load()));

const { reset } = await import("cloudflare:test");
/** Whether the database has nothing left from the file before, which may still be writing to it for a moment. */
const isEmpty = async () =>
  (await env.DB.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").first()) === null;
for (let tries = 0; tries < 10; tries++) {
  await reset();
  if (await isEmpty()) break;
}
await import("./migrate.ts");
