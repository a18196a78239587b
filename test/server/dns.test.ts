import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queryOf, readMessage } from "../support/dns.ts";
import { askTcp, askUdp, framed } from "./dns-client.ts";
import { type DnsProcess, startDns } from "./dns-process.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";

const LARGE = JSON.stringify({ text: "x".repeat(20_000) });
const MIDDLE = JSON.stringify({ text: "x".repeat(2_000) });

const name = (resource: string) => `get.${resource}.bridged.v1.resolvedb.net`;
const textOf = (message: Uint8Array) => readMessage(message).answers[0]?.strings.join("") ?? "";

describe("npm run dns", () => {
  const state = mkdtempSync(join(tmpdir(), "rescdn-dns-"));
  let serve: ServeProcess;
  let dns: DnsProcess;
  beforeAll(async () => {
    serve = await startServe({ STATE_DIR: state, ADMIN_TOKEN });
    dns = await startDns({ DOH_URL: `http://127.0.0.1:${serve.port}/dns-query` });
    const { resolvedb } = await newAccount(serve.port);
    for (const [resource, data] of [
      ["config", '{"database":"postgres"}'],
      ["middle", MIDDLE],
      ["large", LARGE],
    ] as const) {
      const stored = await request(serve.port, "api.resolvedb.localhost", "/api/v1/records", {
        method: "POST",
        headers: { Authorization: `Bearer ${resolvedb}` },
        body: { record: { key: `${resource}.bridged.v1`, data: Buffer.from(data).toString("base64") } },
      });
      expect(stored.status, stored.body).toBe(201);
    }
  });
  afterAll(async () => {
    await dns?.stop();
    await serve?.stop();
    rmSync(state, { recursive: true, force: true, maxRetries: 5 });
  });

  it("answers over UDP a record that REST has just stored", async () => {
    const message = await askUdp(dns.port, queryOf(name("config"), { id: 4711 }));
    expect(readMessage(message)).toMatchObject({ id: 4711, aa: true, tc: false, rcode: 0, opt: null });
    expect(textOf(message)).toMatch(/^v=rdb1;s=ok;t=data;f=json;ttl=3600;ts=\d+;d=\{"database":"postgres"\}$/);
  });

  it.each([
    ["no EDNS", undefined, 512],
    ["EDNS 100, which counts as 512", 100, 512],
    ["EDNS 1232", 1_232, 1_232],
    ["EDNS 4096, of which this server offers 1232", 4_096, 1_232],
    ["EDNS 65535", 65_535, 1_232],
  ])("truncates an answer of 2 kB by %s", async (_what, udpPayload, most) => {
    const edns = udpPayload === undefined ? {} : { edns: { udpPayload, flags: 0x8000 } };
    const message = await askUdp(dns.port, queryOf(name("middle"), edns));
    expect(message.length).toBeLessThanOrEqual(most);
    const { tc, aa, answers, questions, opt } = readMessage(message);
    expect({ tc, aa, answers: answers.length }).toEqual({ tc: true, aa: true, answers: 0 });
    expect(questions).toEqual([{ name: name("middle"), type: 16, class: 1 }]);
    if (udpPayload === undefined) expect(opt).toBeNull();
    else expect(opt).toMatchObject({ udpPayload: 1_232, version: 0, dnssecOk: true });
  });

  it("answers 20 kB over TCP, and over UDP says to ask there", async () => {
    const query = queryOf(name("large"), { id: 9, edns: { udpPayload: 4_096 } });
    expect(readMessage(await askUdp(dns.port, query))).toMatchObject({ tc: true, answers: [], opt: { version: 0 } });
    const [message] = await askTcp(dns.port, [framed(query)], 1);
    expect(readMessage(message!)).toMatchObject({ id: 9, tc: false });
    expect(textOf(message!).endsWith(`;d=${LARGE}`)).toBe(true);
  });

  it("answers many queries of one connection, also where they come in pieces", async () => {
    const queries = Array.from({ length: 100 }, (_, id) => framed(queryOf(name("config"), { id })));
    const octets = Buffer.concat(queries);
    const pieces = [octets.subarray(0, 1), octets.subarray(1, 30), octets.subarray(30)];
    const answers = await askTcp(dns.port, pieces, 100);
    expect(answers.map((answer) => readMessage(answer).id).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, id) => id),
    );
    expect(answers.every((answer) => textOf(answer).includes("postgres"))).toBe(true);
  });

  it("passes on refusals, format errors and other types", async () => {
    const rcodeOf = async (query: Uint8Array) => readMessage(await askUdp(dns.port, query)).rcode;
    expect(await rcodeOf(queryOf("example.com"))).toBe(5);
    expect(await rcodeOf(queryOf(name("config")).slice(0, -1))).toBe(1);
    expect(await rcodeOf(queryOf(name("config"), { edns: { version: 1 } }))).toBe(16);
    expect(await rcodeOf(queryOf(name("config"), { flags: 4 << 11 }))).toBe(4);
    expect(readMessage(await askUdp(dns.port, queryOf(name("config"), { type: 1 })))).toMatchObject({
      rcode: 0,
      answers: [],
      authorities: [{ name: "resolvedb.net", type: 6 }],
    });
  });

  it("says FORMERR to a query longer than the endpoint takes", async () => {
    const long = new Uint8Array([...queryOf(name("config")), ...new Uint8Array(5_000)]);
    const [message] = await askTcp(dns.port, [framed(long)], 1);
    expect(readMessage(message!).rcode).toBe(1);
  });

  it("never answers answers, nor what has no header", async () => {
    const nothing = [
      queryOf(name("config"), { id: 1, flags: 0x8100 }),
      queryOf(name("config"), { id: 1 }).slice(0, 11),
    ];
    const first = await askUdp(dns.port, ...nothing, queryOf(name("config"), { id: 2 }));
    expect(readMessage(first).id).toBe(2);
    for (const message of nothing) expect(await askTcp(dns.port, [framed(message)], 1)).toEqual([]);
  });
});

describe("npm run dns without an endpoint", () => {
  let broken: Server;
  let dns: DnsProcess;
  beforeAll(async () => {
    broken = createServer((_request, response) => response.writeHead(500).end("broken"));
    await new Promise<void>((listening) => broken.listen(0, "127.0.0.1", listening));
    dns = await startDns({ DOH_URL: `http://127.0.0.1:${(broken.address() as AddressInfo).port}/dns-query` });
  });
  afterAll(() => broken.close());

  it("says SERVFAIL with the question, over UDP and TCP, and reports it once", async () => {
    const query = queryOf("get.config.app.v1.resolvedb.net", { id: 77 });
    const [overTcp] = await askTcp(dns.port, [framed(query)], 1);
    for (const message of [await askUdp(dns.port, query), overTcp!]) {
      expect(readMessage(message)).toMatchObject({
        id: 77,
        rcode: 2,
        rd: true,
        aa: false,
        questions: [{ name: "get.config.app.v1.resolvedb.net" }],
      });
    }
    expect(dns.stderr()).toMatch(
      /^.+"bridge_has_no_secret"\}\n.+"doh_unreachable","endpoint":"http:\/\/127\.0\.0\.1:\d+","error":"HTTP 500"\}\n$/,
    );
  });

  it("says in one line that its port is taken, and ends", async () => {
    await expect(startDns({ PORT: String(dns.port) })).rejects.toThrow(
      /ended with 1: cannot listen on 127\.0\.0\.1 port/,
    );
    await expect(startDns({ DOH_URL: "nonsense" })).rejects.toThrow(
      /ended with 1: DOH_URL is not an http or https URL/,
    );
  });

  it("ends by SIGTERM, although a client holds a connection open", async () => {
    const held = askTcp(dns.port, [Buffer.from([0])], 1);
    await askUdp(dns.port, queryOf("get.config.app.v1.resolvedb.net"));
    expect(await dns.stop()).toBe(0);
    expect(await held).toEqual([]);
  });
});
