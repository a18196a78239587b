import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answer, RawOrigin } from "../origins/raw-origin.ts";
import type { Fault } from "../support/resolver.ts";
import { type Network, startNetwork } from "./doh-server.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";

const stateDir = temporaryFolder("hostnames");
let network: Network;
let origin: RawOrigin;
let server: ServeProcess;
let key: string;
let zone: { id: string; subdomain: string };

/** Several processes: what one of them is told of a hostname, all have to know. */
function start(): Promise<ServeProcess> {
  return startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: "2", ...network.env });
}

beforeAll(async () => {
  [network, origin] = await Promise.all([startNetwork(), RawOrigin.start()]);
  server = await start();
  key = (await newAccount(server.port, "pro")).live;
  zone = await api("POST", "/v1/zones", 201, { name: "a", origin: origin.url });
  origin.on("/a.css", answer("a {}", { "content-type": "text/css", "cache-control": "max-age=600" }));
});

afterAll(async () => {
  await stopServers();
  await Promise.all([network.close(), origin.close()]);
});

async function api<Shown>(method: string, path: string, status: number, body?: unknown): Promise<Shown> {
  const answered = await request(server.port, API, path, { method, headers: { "X-ResCDN-Key": key }, body });
  expect(answered.status, answered.body).toBe(status);
  return (answered.body === "" ? null : JSON.parse(answered.body)) as Shown;
}

interface Hostname {
  hostname: string;
  state: string;
  reason: string | null;
  proof: { name: string; value: string; url: string };
  certificate: { state: string; reason: string | null };
}

const claim = (hostname: string) => api<Hostname>("POST", `/v1/zones/a/hostnames`, 201, { hostname });
const check = (hostname: string) => api<Hostname>("POST", `/v1/zones/a/hostnames/${hostname}/check`, 200);

/** What curl sees under a `Host`, over a connection of its own: status and body. */
async function curl(host: string, path = "/a.css"): Promise<string> {
  const url = `http://127.0.0.1:${server.port}${path}`;
  const { stdout } = await promisify(execFile)("curl", ["-sS", "-H", `Host: ${host}`, "-w", " %{http_code}", url]);
  return stdout;
}

describe("a hostname on a server with several processes", () => {
  it("is served by all of them under each spelling of its Host once it is proven, and by none when it is deleted", async () => {
    const { hostname, proof } = await claim("cdn.customer.example");
    expect(await curl(hostname)).toMatch(/unknown-host.* 404$/s);
    network.resolver.set(proof.name, { type: "TXT", data: [proof.value.slice(0, 9), proof.value.slice(9)] });
    expect(await check(hostname)).toMatchObject({ state: "active" });
    for (const host of [
      hostname,
      "CDN.Customer.Example",
      `${hostname}.`,
      `${hostname}:${server.port}`,
      `${hostname}.:1`,
    ])
      for (let again = 0; again < 4; again++) expect(await curl(host)).toBe("a {} 200");
    expect(await curl("cdn.customer.example.evil.example")).toMatch(/ 404$/);
    expect(await curl(hostname, new URL(proof.url).pathname)).toMatch(/unknown-host.* 404$/s);

    const purge = { zone: zone.id, path: `https://${hostname}/a.css` };
    await api("POST", "/v1/purge", 200, purge);
    await api("DELETE", `/v1/zones/a/hostnames/${hostname}`, 204);
    for (let again = 0; again < 6; again++) expect(await curl(hostname)).toMatch(/unknown-host.* 404$/s);
    expect(await curl(zone.subdomain)).toBe("a {} 200");
  });

  it.each([
    ["servfail", "answered SERVFAIL"],
    ["silence", "did not answer within 5 seconds"],
    ["unreachable", "could not be reached"],
    ["long", "too long"],
    ["nonsense", "not a DNS message"],
  ] satisfies [Fault, string][])("waits for a resolver that gives it %s", async (fault, reason) => {
    const { hostname, proof } = await claim(`${fault}.customer.example`);
    network.resolver.set(proof.name, { type: "TXT", data: proof.value });
    network.resolver.faults.set(proof.name, fault);
    expect(await check(hostname)).toMatchObject({ state: "pending", reason: expect.stringContaining(reason) });
    network.resolver.faults.clear();
    expect(await check(hostname)).toMatchObject({ state: "active" });
    await api("DELETE", `/v1/zones/a/hostnames/${hostname}`, 204);
  });

  it("gets its certificate by the cron, and keeps all of it when the server starts anew", async () => {
    const { hostname, proof } = await claim("kept.customer.example");
    network.resolver.set(proof.name, { type: "TXT", data: proof.value });
    expect(await check(hostname)).toMatchObject({ state: "active", certificate: { state: "waiting" } });
    await server.stop();
    // Its cron runs before it is ready.
    server = await start();
    expect(network.api.calls).toContain(`POST ${hostname}`);
    const shown = await api<Hostname>("GET", `/v1/zones/a/hostnames/${hostname}`, 200);
    expect(shown).toMatchObject({ state: "active", certificate: { state: "pending" } });
    expect(await curl(hostname)).toBe("a {} 200");
    await api("DELETE", "/v1/zones/a", 204);
    expect(await curl(hostname)).toMatch(/ 404$/);
    expect(server.stderr()).not.toContain(network.api.token);
  });
});
