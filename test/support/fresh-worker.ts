import { env } from "cloudflare:workers";
import { vi } from "vitest";

// Test files follow one another in one workerd, which has the modules already. Each begins with modules of its own, and with
// nothing stored.

/** What imports modules for tests, as far as it is used here. */
interface ModuleRunner {
  transport: { invoke(name: string, args: [url: string, importer?: string, how?: { cached?: boolean }]): unknown };
  /** Modules that are on their way. */
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
  // What is there needs no I/O, which would belong to the request that imports it.
  runner.transport.invoke = async (name, args) =>
    name === "fetchModule" && args[2]?.cached ? { cache: true } : invoke(name, args);
}
runner.concurrentModuleNodePromises.clear();
vi.resetModules();

// All that requests may import, too: where one of them ended while it did, or two wait for the same, it would never come.
const modules = import.meta.glob(["../../src/**/*.ts", "!**/*.d.ts", "!../../src/{server,cli,docs,dashboard/page}/**"]);
await Promise.all(Object.values(modules).map((load) => load()));

const { reset } = await import("cloudflare:test");
/** Whether the database has nothing left of the file before: who was still writing to it may hold it for a moment. */
const isEmpty = async () =>
  (await env.DB.prepare("SELECT 1 FROM sqlite_master WHERE name = 'd1_migrations'").first()) === null;
for (let tries = 0; tries < 10; tries++) {
  await reset();
  if (await isEmpty()) break;
}
await import("./migrate.ts");
