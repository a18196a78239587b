import "cloudflare:test"; // which also loads the Worker, before a request waits for it
import type { D1Migration } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Env } from "../../src/env.ts";
import { loadObjects } from "../../src/loaded-object.ts";
import "../../src/objects.ts";

declare global {
  namespace Cloudflare {
    interface Env extends TestEnv {}
  }
}

interface TestEnv extends Env {
  MIGRATIONS: D1Migration[];
  /** How many mutated DNS messages are sent, if not the usual number. */
  DNS_FUZZ?: string;
  /** How often two accounts race for a hostname, if not the usual number. */
  HOSTNAME_RACES?: string;
  MODEL_REQUESTS?: string;
  MODEL_SEED?: string;
  ATTACK?: string;
  ATTACK_SEED?: string;
  /** How many purges the simulated network gets. */
  NETWORK?: string;
  NETWORK_SEED?: string;
  NETWORK_COPIES?: string;
}

// The loader of test modules does I/O, which two objects cannot wait for together; in production, workerd has the modules at
// hand.
await loadObjects();

// All at once, and recorded in wrangler's table: one by one they take longer than many a test.
const table =
  "CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)";
await env.DB.batch([
  env.DB.prepare(table),
  ...env.MIGRATIONS.flatMap(({ name, queries }) => [
    ...queries.map((query) => env.DB.prepare(query)),
    env.DB.prepare("INSERT INTO d1_migrations (name) VALUES (?1)").bind(name),
  ]),
]);
