import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { request } from "../dev/request.ts";
import { startServe } from "../dev/serve-process.ts";
import { loadTests, startOrigin } from "./suite.ts";
import { createRequire } from "node:module";
import { Agent } from "node:http";
const stateDir = await mkdtemp(join(tmpdir(), "rescdn-zz-"));
const origin = await startOrigin();
const server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN: "operator", ALLOW_PRIVATE_ORIGINS: "true" });
const a = await request(server.port, "api.rescdn.localhost", "/admin/accounts", { method: "POST", headers: { Authorization: "Bearer operator" }, body: { name: "C", email: "c@example.com" } });
const { keys } = JSON.parse(a.body);
await request(server.port, "api.rescdn.localhost", "/v1/zones", { method: "POST", headers: { "X-ResCDN-Key": keys.live }, body: { name: "conf", origin: origin.url, settings: { methods: "all", forward: { headers: "all", cookies: true, authorization: true }, ttl: { css: null, js: null, font: null, image: null, other: null } } } });
const folder = join(process.cwd(), "node_modules/http-cache-tests/");
const runner: any = await import(folder + "client/runner.mjs");
const nodeFetch: any = createRequire(folder + "package.json")("node-fetch");
const agent = new Agent({ lookup: (_h: any, _o: any, done: any) => done(null, [{ address: "127.0.0.1", family: 4 }]) });
const suites = await loadTests();
const only = process.argv[2];
const wanted = only ? suites.map((s: any) => ({ ...s, tests: s.tests.filter((t: any) => t.id.match(only)).map((t: any) => ({ ...t, dump: !!process.argv[3] })) })) : suites;
const t0 = performance.now();
await runner.runTests(wanted, async (url: string, init: any) => {
  const t = performance.now();
  try { return await nodeFetch(url, { ...init, agent, timeout: 15000 }); } finally { const d = performance.now() - t; if (d > 1500) console.log("SLOW", Math.round(t - t0), Math.round(d), init?.method, url.slice(-60), JSON.stringify(init?.headers)?.slice(0, 200)); }
}, false, `http://conf.rescdn.localhost:${server.port}`);
console.log("took", performance.now() - t0);
if (only) console.log(runner.getResults());
await server.stop(); origin.stop(); process.exit(0);
