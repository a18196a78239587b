import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../../src/env.ts";
import { BRIDGE_CLIENT, BRIDGE_SECRET } from "../../../src/records/dns/bridge-fields.ts";
import { handleDns } from "../../../src/records/dns/doh.ts";
import { newQueryToken } from "../../../src/records/query-token.ts";
import { countedEnv } from "../../support/counted-env.ts";
import { queryOf, readMessage } from "../../support/dns.ts";
import { asNewClient, DNS_HOST, PlayedNamespace, STORED_AT } from "../../support/records.ts";

const FLOOD = 2_000;
const SECRET = "secret-of-the-bridges-under-test-0123456789";

/** A server whose calls of D1 and reads of KV are counted. */
function countedServer(more: Partial<Env> = {}) {
  const counted = countedEnv(env);
  const reads = vi.spyOn(env.ZONES, "get");
  const bindings: Env = { ...counted.env, ...more };
  const ask = async (name: string, headers: Record<string, string>) => {
    const request = new Request(`${DNS_HOST}/dns-query`, {
      method: "POST",
      headers: { "content-type": "application/dns-message", ...headers },
      body: queryOf(`${name}.v1.resolvedb.net`),
    });
    const answer = await handleDns(request, new URL(request.url), bindings, () => undefined, Date.now());
    if (answer.status !== 200) return `HTTP ${answer.status}`;
    const { answers } = readMessage(new Uint8Array(await answer.arrayBuffer()));
    return /s=(ok)|err=(E\d+)/.exec(answers[0]?.strings.join("") ?? "")?.[0]?.split("=")[1] ?? "nothing";
  };
  const flood = async (nameOf: () => string, headers: () => Record<string, string>, count = FLOOD) => {
    const said: Record<string, number> = {};
    for (let i = 0; i < count; i++) {
      const answer = await ask(nameOf(), headers());
      said[answer] = (said[answer] ?? 0) + 1;
    }
    return said;
  };
  return { ask, flood, trips: counted.trips, kvReads: () => reads.mock.calls.length, bindings };
}
const random = () => crypto.randomUUID().slice(0, 8);
const same = () => {
  const client = asNewClient();
  return () => client;
};

let open: PlayedNamespace;
let secret: PlayedNamespace;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: STORED_AT });
  open = await new PlayedNamespace("public").publish();
  secret = await new PlayedNamespace("private").publish();
  await open.put("hot.config", "1");
  await open.put("cold.config", "1");
  await secret.put("config", "1");
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe(`a flood of ${FLOOD} from one client`, { timeout: 120_000 }, () => {
  it("of random names costs D1 one query, and KV what the budget of the namespace has", async () => {
    const server = countedServer();
    await server.ask(`get.hot.config.${open.name}`, asNewClient());
    const before = server.kvReads();
    const client = same();
    const said = await server.flood(() => `get.${random()}.config.${open.name}`, client);
    expect(said).toEqual({ E004: 1_000, "HTTP 429": FLOOD - 1_000 });
    expect(server.trips.d1).toBe(1);
    expect(server.kvReads() - before).toBe(50);
    // What is hot is answered to everybody, the one who floods included; what is there, to all others.
    expect(await server.ask(`get.hot.config.${open.name}`, client())).toBe("ok");
    expect(await server.ask(`get.cold.config.${open.name}`, client())).toBe("HTTP 429");
    expect(await server.ask(`get.cold.config.${open.name}`, asNewClient())).toBe("ok");
    // A little later it may ask again.
    vi.setSystemTime(STORED_AT + 1_000);
    expect(await server.flood(() => `get.${random()}.config.${open.name}`, client, 200)).toEqual({
      E004: 100,
      "HTTP 429": 100,
    });
  });

  it("of random namespaces reads KV no more often than the client may ask", async () => {
    const server = countedServer();
    expect(await server.flood(() => `get.config.${random()}`, same())).toEqual({
      E004: 1_000,
      "HTTP 429": FLOOD - 1_000,
    });
    expect([server.trips.d1, server.kvReads()]).toEqual([0, 1_000]);
  });

  it("of lists and searches of random resources costs D1 30 queries", async () => {
    const server = countedServer();
    const client = same();
    const said = await server.flood(() => `list.${random()}.${open.name}`, client);
    expect(said).toEqual({ E005: 30, "HTTP 429": FLOOD - 30 });
    expect(await server.flood(() => `search.a.${random()}.${open.name}`, client, 100)).toEqual({ "HTTP 429": 100 });
    expect(server.trips.d1).toBe(30);
    vi.setSystemTime(STORED_AT + 10_000);
    expect(await server.flood(() => `search.a.${random()}.${open.name}`, client, 100)).toEqual({
      ok: 10,
      "HTTP 429": 90,
    });
  });

  it("of tokens that nobody has costs D1 30 queries, and holds up nobody who has one", async () => {
    const server = countedServer();
    const holder = same();
    const name = `get.${await secret.token()}.config.${secret.name}`;
    expect(await server.ask(name, holder())).toBe("ok");
    const before = server.trips.d1;
    const said = await server.flood(() => `get.auth-${newQueryToken()}.config.${secret.name}`, holder);
    expect(said).toEqual({ E007: 30, "HTTP 429": FLOOD - 30 });
    expect(server.trips.d1 - before).toBe(30);
    // Behind the same address even.
    expect(await server.ask(name, holder())).toBe("ok");
    expect(await server.ask(name, asNewClient())).toBe("ok");
  });

  it("of one wrong token costs D1 one query", async () => {
    const server = countedServer();
    const name = `get.auth-${newQueryToken()}.config.${secret.name}`;
    expect(await server.flood(() => name, same())).toEqual({ E007: FLOOD });
    expect(server.trips.d1).toBe(1);
  });

  it("of a hot name, a hot list and a closed namespace is answered whole", async () => {
    const server = countedServer();
    const client = same();
    for (const [name, answer] of [
      [`get.hot.config.${open.name}`, "ok"],
      [`get.nothing.${open.name}`, "E004"],
      [`list.config.${open.name}`, "ok"],
      [`get.config.${secret.name}`, "E006"],
    ] as const) {
      expect(await server.flood(() => name, client, 1_500)).toEqual({ [answer]: 1_500 });
    }
    expect(server.trips.d1).toBe(1);
  });
});

describe("a namespace that many clients ask for what is not there", { timeout: 120_000 }, () => {
  it("answers what is there to all, cold or hot, and the rest without reading for it", async () => {
    const server = countedServer();
    await server.ask(`get.hot.config.${open.name}`, asNewClient());
    const before = server.kvReads();
    const said = await server.flood(() => `get.${random()}.config.${open.name}`, asNewClient, 2_000);
    expect(said).toEqual({ E004: 2_000 });
    expect([server.kvReads() - before, server.trips.d1]).toEqual([50, 1]);
    expect(await server.ask(`get.cold.config.${open.name}`, asNewClient())).toBe("ok");
  });

  it("is listed no more often than its budget has, by whomever", async () => {
    const server = countedServer();
    const said = await server.flood(() => `list.${random()}.${open.name}`, asNewClient, 500);
    expect(said).toEqual({ E005: 50, "HTTP 429": 450 });
    expect(server.trips.d1).toBe(50);
    expect(await server.ask(`get.cold.config.${open.name}`, asNewClient())).toBe("ok");
    const other = await new PlayedNamespace("public").publish();
    expect(await server.ask(`list.${other.name}`, asNewClient())).toBe("ok");
  });
});

describe("who stands for many", { timeout: 120_000 }, () => {
  const names = () => `get.config.${random()}`;

  it("a resolver that the operator names has 50 times as much, also by its range", async () => {
    const server = countedServer({ DNS_RESOLVERS: "192.0.2.53 2001:db8::/32" });
    for (const address of ["192.0.2.53", "2001:db8::53"]) {
      const client = () => ({ "cf-connecting-ip": address });
      expect(await server.flood(names, client, 1_100)).toEqual({ E004: 1_100 });
    }
    expect(await server.flood(names, () => ({ "cf-connecting-ip": "192.0.2.54" }), 1_200)).toEqual({
      E004: 1_000,
      "HTTP 429": 200,
    });
  });

  it("a bridge that knows the secret is counted by its clients, by UDP and TCP apart; another is one client", async () => {
    const server = countedServer({ DNS_BRIDGE_SECRET: SECRET });
    const bridge = asNewClient();
    const from = (client: string, secret = SECRET) => ({ ...bridge, [BRIDGE_SECRET]: secret, [BRIDGE_CLIENT]: client });
    const full = { E004: 1_000, "HTTP 429": 200 };
    expect(await server.flood(names, () => from("udp 192.0.2.1"), 1_200)).toEqual(full);
    expect(await server.flood(names, () => from("tcp 192.0.2.1"), 1_200)).toEqual(full);
    expect(await server.flood(names, () => from("udp 192.0.2.2"), 100)).toEqual({ E004: 100 });
    let next = 0;
    const guessed = () => from(`udp 192.0.2.${next++ % 250}`, SECRET.replace("s", "S"));
    expect(await server.flood(names, guessed, 1_200)).toEqual(full);
    expect(await server.flood(names, () => from("udp 192.0.2.3"), 100)).toEqual({ E004: 100 });
    expect(await server.flood(names, () => from("nonsense"), 100)).toEqual({ "HTTP 429": 100 });
  });
});

describe("Cloudflare's Rate Limiting, where it is bound", () => {
  it("is asked for what is not known, and may refuse it", async () => {
    const asked: [string, string][] = [];
    const binding = (name: string, success: () => boolean): RateLimit => ({
      limit: async ({ key }) => {
        asked.push([name, key]);
        return { success: success() };
      },
    });
    let passes = true;
    const server = countedServer({
      NAME_QUESTIONS: binding("questions", () => passes),
      NAME_SEARCHES: binding("searches", () => passes),
    });
    const client = { "cf-connecting-ip": "203.0.113.77" };
    for (let i = 0; i < 3; i++) expect(await server.ask(`get.hot.config.${open.name}`, client)).toBe("ok");
    expect(asked).toEqual([["questions", "203.0.113.77"]]);
    await server.ask(`list.config.${open.name}`, client);
    expect(asked.slice(1)).toEqual([["searches", "203.0.113.77"]]);
    passes = false;
    expect(await server.ask(`get.cold.config.${open.name}`, client)).toBe("HTTP 429");
    expect(await server.ask(`list.other.${open.name}`, client)).toBe("HTTP 429");
    expect(await server.ask(`get.hot.config.${open.name}`, client)).toBe("ok");
  });
});

it("429 says when to come again, to pages as well, over /dns-query and /resolve", async () => {
  const server = countedServer();
  const client = same();
  await server.flood(() => `list.${random()}.${open.name}`, client, 40);
  for (const path of [
    `/dns-query?dns=${queryOf(`list.${random()}.${open.name}.v1.resolvedb.net`).toBase64({ alphabet: "base64url", omitPadding: true })}`,
    `/resolve?type=TXT&name=list.${random()}.${open.name}.v1.resolvedb.net`,
  ]) {
    const request = new Request(DNS_HOST + path, { headers: client() });
    const answer = await handleDns(request, new URL(request.url), server.bindings, () => undefined, Date.now());
    expect(answer.status).toBe(429);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "retry-after": "1",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "Retry-After",
    });
    const text = await answer.text();
    if (path.startsWith("/resolve")) expect(JSON.parse(text)).toMatchObject({ error: { code: "rate_limit_exceeded" } });
    else expect(text).toMatch(/^too many of your queries .+\n$/);
  }
});
