import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dohClient } from "../../src/server/dns/doh-client.ts";
import { queryOf, readMessage } from "../support/dns.ts";
import { askTcp, askUdp, framed } from "./dns-client.ts";
import { type DnsProcess, startDns } from "./dns-process.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";

const SECRET = "secret-of-the-bridge-under-test-0123456789";
const CLIENT = { transport: "udp", address: "192.0.2.1" } as const;
const name = (labels: string) => `${labels}.limited.v1.resolvedb.net`;

describe("the bridge", () => {
  let endpoint: Server;
  let url: string;
  const seen: IncomingHttpHeaders[] = [];
  beforeAll(async () => {
    endpoint = createServer((incoming, response) => {
      seen.push(incoming.headers);
      response.writeHead(429, { "retry-after": "1" }).end("too many\n");
    });
    await new Promise<void>((listening) => endpoint.listen(0, "127.0.0.1", listening));
    url = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/dns-query`;
  });
  afterAll(() => endpoint.close());

  it("states its clients to an endpoint whose secret it has, and to no other", async () => {
    const query = Buffer.from(queryOf(name("get.config")));
    expect(await dohClient(url, SECRET)(query, CLIENT)).toBeNull();
    expect(seen.at(-1)).toMatchObject({
      "x-resolvedb-bridge-secret": SECRET,
      "x-resolvedb-bridge-client": "udp 192.0.2.1",
    });
    expect(await dohClient(url, null)(query, CLIENT)).toBeNull();
    expect(Object.keys(seen.at(-1)!).filter((field) => field.startsWith("x-"))).toEqual([]);
  });

  it("truncates over UDP and refuses over TCP where the endpoint says that there were too many questions", async () => {
    const dns = await startDns({ DOH_URL: url });
    const query = queryOf(name("get.config"), { id: 7, edns: { flags: 0x8000 } });
    const asked = { id: 7, rd: true, aa: false, answers: [], questions: [{ name: name("get.config") }] };
    const opt = { dnssecOk: true, udpPayload: 1_232 };
    expect(readMessage(await askUdp(dns.port, query))).toMatchObject({ ...asked, tc: true, rcode: 0, opt });
    const [refused] = await askTcp(dns.port, [framed(query)], 1);
    expect(readMessage(refused!)).toMatchObject({ ...asked, tc: false, rcode: 5, opt });
    expect(dns.stderr()).toMatch(/^\{[^\n]+"event":"bridge_has_no_secret"\}\n$/);
    expect(await dns.stop()).toBe(0);
  });

  it("leaves places to others when one client asks very much at once", async () => {
    const held: (() => void)[] = [];
    const slow = createServer((_incoming, response) => {
      held.push(() => response.writeHead(500).end());
    });
    await new Promise<void>((listening) => slow.listen(0, "127.0.0.1", listening));
    const ask = dohClient(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/`, null);
    const query = Buffer.from(queryOf(name("get.config")));
    const first = Array.from({ length: 300 }, () => ask(query, CLIENT));
    const refused = await Promise.all(first.slice(64));
    expect(refused.every((answer) => answer === null)).toBe(true);
    const other = ask(query, { transport: "udp", address: "192.0.2.2" });
    await expect.poll(() => held.length).toBe(65);
    for (const end of held) end();
    expect(readMessage((await other)!).rcode).toBe(2);
    expect((await Promise.all(first.slice(0, 64))).every((answer) => answer !== null)).toBe(true);
    slow.close();
  });
});

describe.each([{}, { WORKERS: "2" }])("npm run dns that knows the secret of npm run serve %j", (env) => {
  const state = mkdtempSync(join(tmpdir(), "rescdn-bridge-"));
  let serve: ServeProcess;
  let dns: DnsProcess;
  beforeAll(async () => {
    serve = await startServe({ STATE_DIR: state, ADMIN_TOKEN, DNS_BRIDGE_SECRET: SECRET, ...env });
    dns = await startDns({ DOH_URL: `http://127.0.0.1:${serve.port}/dns-query`, DNS_BRIDGE_SECRET: SECRET });
    const { resolvedb } = await newAccount(serve.port);
    for (const resource of ["hot", "cold"]) {
      const stored = await request(serve.port, "api.resolvedb.localhost", "/api/v1/records", {
        method: "POST",
        headers: { Authorization: `Bearer ${resolvedb}` },
        body: { record: { key: `${resource}.limited.v1`, data: "MQ==" } },
      });
      expect(stored.status, stored.body).toBe(201);
    }
  });
  afterAll(async () => {
    await dns?.stop();
    await serve?.stop();
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });

  it("limits one client of the bridge, and neither its hot names nor others", async () => {
    const lists = (from: number) =>
      Array.from({ length: 200 }, (_, id) => framed(queryOf(name(`list.r${from + id}`), { id })));
    const rcodes = (await askTcp(dns.port, lists(0), 200)).map((message) => readMessage(message).rcode);
    expect(rcodes).toHaveLength(200);
    // Each process counts by itself.
    expect(rcodes.filter((rcode) => rcode === 0).length).toBeLessThan(120);
    expect(rcodes.filter((rcode) => rcode === 5).length).toBeGreaterThan(80);
    expect(new Set(rcodes)).toEqual(new Set([0, 5]));
    const hot = readMessage(await askUdp(dns.port, queryOf(name("get.hot"))));
    expect(hot.answers).toHaveLength(1);
    const other = readMessage(await askUdp(dns.port, queryOf(name("get.cold"))));
    expect(other.answers).toHaveLength(1);
  });
});
