import { env, exports } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, call, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import { asset, originAt } from "../support/edge.ts";
import { newKey } from "../support/keys.ts";
import { LogReceiver, linesOf, PlayedOutbox } from "../support/logs.ts";
import { refusalOfSignature } from "../support/s3-signature.ts";
import { playReceivers } from "../support/webhooks.ts";

playReceivers();

let customer: Customer;
let receiver: LogReceiver;
let origins = 0;
beforeEach(async () => {
  // What is noted leaves at once; waiting for another delivery takes a turn.
  vi.spyOn(scheduler, "wait").mockImplementation(async () => void (await env.ZONES.get("nothing")));
  customer = await newCustomer();
  receiver = new LogReceiver();
});

const patch = (zone: ShownZone, logs: object | null) =>
  call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { settings: { logs } } });
const giveSecret = (zone: ShownZone, body: object = {}) =>
  call(`/v1/zones/${zone.id}/logs/secret`, { method: "POST", key: customer.live, body });

/** A zone whose logs go to the receiver, and its outbox. */
async function newLogged(logs: object = {}) {
  const origin = originAt(`https://logged-${++origins}.example.com`).answers(
    asset("0123456789", { "cache-control": "max-age=600", "content-type": "text/css" }),
  );
  const settings = { logs: { target: { type: "https", url: receiver.url }, ...logs } };
  const zone = await newZone(customer.live, { origin: origin.url, settings });
  const { secret } = await (await giveSecret(zone)).json<{ secret: string }>();
  return { zone, secret, outbox: new PlayedOutbox(zone.id) };
}

const ask = ({ name }: ShownZone, path: string, headers: Record<string, string> = {}) =>
  exports.default
    .fetch(`http://${name}.rescdn.localhost${path}`, { headers: { "cf-connecting-ip": "203.0.113.77", ...headers } })
    .then((answer) => answer.text());

interface State {
  state: string;
  delivered: { lines: number; batches: number };
  waiting: { lines: number };
  lost: number;
  failures: number;
  last_failure: { reason: string; status: number | null } | null;
}

const stateOf = async ({ id }: ShownZone) => (await call(`/v1/zones/${id}/logs`, { key: customer.live })).json<State>();

/** Waits until so many lines have reached the outbox. */
const untilWaiting = (zone: ShownZone, lines: number) =>
  vi.waitFor(async () => expect((await stateOf(zone)).waiting.lines).toBe(lines), { timeout: 5_000 });

describe("log delivery", () => {
  it("brings a line for each request in a batch that is signed as webhooks are", async () => {
    const { zone, secret, outbox } = await newLogged();
    await ask(zone, "/a.css?v=1&token=planted-token", { cookie: "planted=1", authorization: "planted" });
    await ask(zone, "/a.css?v=1&token=planted-token");
    await ask(zone, "/b.css");
    await untilWaiting(zone, 3);
    await outbox.alarm();
    expect(receiver.batches).toHaveLength(1);
    const { text, headers, id } = receiver.batches[0]!;
    expect(
      linesOf(text).map(({ path, query, cache, status, address }) => [path, query, cache, status, address]),
    ).toEqual([
      ["/a.css", "?v=1", "MISS", 200, "203.0.113.0"],
      ["/a.css", "?v=1", "HIT", 200, "203.0.113.0"],
      ["/b.css", "", "MISS", 200, "203.0.113.0"],
    ]);
    expect(text).not.toContain("planted");
    expect(headers).toMatchObject({
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
      "x-rescdn-zone": zone.name,
      "x-rescdn-lines": "3",
      "webhook-id": expect.stringMatching(/^logs_\w{20}$/),
    });
    // The library reads the time of the computer.
    const verify = (signed: string) =>
      new Webhook(secret).verify(text, { ...headers, "webhook-id": signed }, { jsonParse: false });
    expect(() => verify(id)).not.toThrow();
    expect(() => verify("logs_another")).toThrow();
    expect(await stateOf(zone)).toMatchObject({ state: "delivering", delivered: { lines: 3, batches: 1 }, lost: 0 });
  });

  it("has the fields, the share and the addresses that the zone asks for", async () => {
    const { zone, outbox } = await newLogged({ fields: ["path", "address"], sampling: 0.5, addresses: "full" });
    for (let n = 0; n < 10; n++) await ask(zone, `/${n}.css`);
    await untilWaiting(zone, 5);
    await outbox.alarm();
    expect(receiver.lines).toHaveLength(5);
    for (const line of receiver.lines) expect(line).toEqual({ path: expect.any(String), address: "203.0.113.77" });
  });

  it("delivers nothing any more once it is turned off, and keeps nothing", async () => {
    const { zone, outbox } = await newLogged();
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    expect((await patch(zone, null)).status).toBe(200);
    await outbox.alarm();
    expect(receiver.batches).toEqual([]);
    expect(await stateOf(zone)).toMatchObject({ state: "off", waiting: { lines: 0 } });
  });

  it("says what is missing: a target, a secret", async () => {
    const zone = await newZone(customer.live);
    expect((await giveSecret(zone)).status).toBe(409);
    expect((await patch(zone, { sampling: 0.5 })).status).toBe(422);
    await patch(zone, { target: { type: "https", url: receiver.url } });
    expect(await stateOf(zone)).toMatchObject({ state: "no-secret" });
    expect((await giveSecret(zone, { secret: "whsec_short" })).status).toBe(422);
  });

  it.each([
    "http://127.0.0.1/in",
    "https://169.254.169.254/latest/meta-data",
    "https://api.rescdn.io/v1/zones",
    "https://user:password@logs.example/in",
  ])("goes to no %s", async (url) => {
    const zone = await newZone(customer.live);
    expect((await patch(zone, { target: { type: "https", url } })).status).toBe(422);
    const [, endpoint = ""] = /^(https?:\/\/[^/]+)/.exec(url)!;
    const bucket = { type: "s3", endpoint, region: "auto", bucket: "logs", access_key_id: "AK" };
    expect((await patch(zone, { target: bucket })).status).toBe(422);
  });
});

describe("a receiver that fails", () => {
  /** Chunks of ten lines, each line with a number of its own. */
  function chunkOf(zone: ShownZone, number: number) {
    const numbers = Array.from({ length: 10 }, (_, index) => number * 10 + index);
    return { zone: zone.id, text: numbers.map((n) => `{"n":${n}}\n`).join(""), lines: 10, lost: 0 };
  }

  it("three times of ten and is dead for a minute gets every line all the same, each under one id", async () => {
    const { zone, outbox } = await newLogged();
    let seed = 7;
    const chance = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const start = Date.now();
    const isDead = () => Date.now() - start > 60_000 && Date.now() - start < 120_000;
    receiver.takes = () => {
      if (isDead()) throw new Error("dead");
      return chance() >= 0.3;
    };
    for (let number = 0; number < 100; number++) {
      await outbox.stub.take(chunkOf(zone, number));
      vi.setSystemTime(Date.now() + 2_000);
      const at = await outbox.alarmAt();
      if (at !== null && at <= Date.now()) await outbox.alarm();
    }
    while (await outbox.alarm());
    const found = new Set(receiver.lines.map(({ n }) => n));
    const { delivered, lost, waiting } = await stateOf(zone);
    expect(found.size + lost).toBe(1_000);
    expect({ found: found.size, lost, delivered: delivered.lines, waiting: waiting.lines }).toEqual({
      found: 1_000,
      lost: 0,
      delivered: 1_000,
      waiting: 0,
    });
    expect(receiver.batches.filter(({ taken }) => !taken).length).toBeGreaterThan(3);
    const texts = new Map<string, string>();
    for (const { id, text } of receiver.batches) {
      expect(texts.get(id) ?? text).toBe(text);
      texts.set(id, text);
    }
  });

  it("for longer than a day loses the oldest lines first, and how many is shown", async () => {
    const { zone, outbox } = await newLogged();
    receiver.takes = () => false;
    await outbox.stub.take(chunkOf(zone, 0));
    await outbox.alarm();
    expect(await stateOf(zone)).toMatchObject({
      state: "failing",
      failures: 1,
      last_failure: { status: 503, reason: "Answered 503" },
    });
    vi.setSystemTime(Date.now() + 90_000_000);
    await outbox.stub.take(chunkOf(zone, 1));
    receiver.takes = () => true;
    while (await outbox.alarm());
    expect(receiver.lines.map(({ n }) => n)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
    expect(await stateOf(zone)).toMatchObject({ lost: 10, delivered: { lines: 10 } });
  });

  it("is asked again after a second, then after twice as long each time, up to a minute", async () => {
    const { zone, outbox } = await newLogged();
    receiver.takes = () => false;
    await outbox.stub.take(chunkOf(zone, 0));
    const pauses: number[] = [];
    for (let attempts = 0; attempts < 9; attempts++) {
      await outbox.alarm();
      pauses.push((await outbox.alarmAt())! - Date.now());
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });
});

describe("a bucket", () => {
  const KEY = { id: "AKIAEXAMPLE", secret: "planted/secret+access=key" };

  const refused = (code: string) =>
    new Response(`<Error><Code>${code}</Code></Error>`, {
      status: 403,
      headers: { "content-type": "application/xml" },
    });

  /** A server that speaks S3 and checks signatures. */
  function newBucket() {
    const objects = new Map<string, Uint8Array>();
    const server = originAt(`https://s3-${++origins}.example`).answers(async (request) => {
      const body = new Uint8Array(await request.clone().arrayBuffer());
      const refusal = await refusalOfSignature(request, body, KEY);
      if (refusal !== null) return refused(refusal);
      objects.set(new URL(request.url).pathname, body);
      return new Response(null, { status: 200 });
    });
    const target = {
      type: "s3",
      endpoint: server.url,
      region: "eu-central-1",
      bucket: "my-logs",
      prefix: "cdn/~it's(ours)!/",
      access_key_id: KEY.id,
    };
    return { objects, target };
  }

  it("gets each batch under a key of its own, signed by Signature Version 4", async () => {
    const { objects, target } = newBucket();
    const { zone, outbox } = await newLogged({ target });
    await giveSecret(zone, { secret: KEY.secret });
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    await outbox.alarm();
    expect(await stateOf(zone)).toMatchObject({ state: "delivering", delivered: { lines: 1 } });
    const [[path, body] = ["", new Uint8Array()]] = objects;
    const day = new Date().toISOString().slice(0, 10).replaceAll("-", "/");
    expect(decodeURIComponent(path)).toMatch(
      new RegExp(
        `^/my-logs/cdn/~it's\\(ours\\)!/${zone.name}/${day}/\\d\\d/\\d{8}T\\d{6}Z-logs_\\w{20}\\.ndjson\\.gz$`,
      ),
    );
    const text = await new Response(new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
    expect(linesOf(text)).toMatchObject([{ path: "/a.css" }]);
  });

  it("that refuses the key is said so, with the server's word for it, and gets the lines once the key is right", async () => {
    const { objects, target } = newBucket();
    const { zone, outbox } = await newLogged({ target });
    await giveSecret(zone, { secret: "another-secret-access-key" });
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    await outbox.alarm();
    expect((await stateOf(zone)).last_failure).toMatchObject({
      status: 403,
      reason: "Answered 403 (SignatureDoesNotMatch)",
    });
    expect((await giveSecret(zone)).status).toBe(422);
    await giveSecret(zone, { secret: KEY.secret });
    await outbox.alarm();
    expect(objects.size).toBe(1);
  });
});

describe("a target that was changed", () => {
  it("says that the secret is that of the bucket before", async () => {
    const { zone, outbox } = await newLogged();
    const target = { type: "s3", endpoint: receiver.origin.url, region: "auto", bucket: "logs", access_key_id: "AK" };
    await patch(zone, { target });
    await giveSecret(zone, { secret: "secret-access-key" });
    await patch(zone, { target: { type: "https", url: receiver.url } });
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    await outbox.alarm();
    expect((await stateOf(zone)).last_failure?.reason).toMatch(/secret is that of a bucket/);
    expect(receiver.batches).toEqual([]);
    expect((await giveSecret(zone)).status).toBe(200);
    await outbox.alarm();
    expect(receiver.lines).toHaveLength(1);
  });
});

describe("a bucket that answers an error without an end", () => {
  it("is read no further than it takes to know its word for it", async () => {
    let sent = 0;
    const endless = originAt(`https://s3-${++origins}.example`).answers(() => {
      const piece = new TextEncoder().encode(" ".repeat(4_096));
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.enqueue(sent++ === 0 ? new TextEncoder().encode("<Error><Code>SlowDown</Code>") : piece);
        },
      });
      return new Response(body, { status: 503, headers: { "content-type": "application/xml" } });
    });
    const target = { type: "s3", endpoint: endless.url, region: "auto", bucket: "logs", access_key_id: "AK" };
    const { zone, outbox } = await newLogged({ target });
    await giveSecret(zone, { secret: "secret-access-key" });
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    await outbox.alarm();
    expect((await stateOf(zone)).last_failure).toMatchObject({ status: 503, reason: "Answered 503 (SlowDown)" });
    expect(sent).toBeLessThan(100);
  });
});

describe("secrets of log delivery", () => {
  it("stand in clear nowhere: not in D1, KV, logs, the audit log or an answer of the API", async () => {
    const said = (["log", "info", "warn", "error"] as const).map((level) => vi.spyOn(console, level));
    const secret = "planted-secret-access-key";
    const { zone, outbox } = await newLogged({
      target: {
        type: "s3",
        endpoint: receiver.origin.url,
        region: "auto",
        bucket: "logs",
        access_key_id: "AK",
      },
    });
    const answers = [await (await giveSecret(zone, { secret })).text()];
    receiver.origin.answers(() => {
      throw new Error("away");
    });
    await ask(zone, "/a.css");
    await untilWaiting(zone, 1);
    await outbox.alarm();
    for (const path of [`/v1/zones/${zone.id}`, `/v1/zones/${zone.id}/logs`, "/v1/audit", "/v1/zones"])
      answers.push(await (await call(path, { key: customer.live })).text());
    const { results: tables } = await env.DB.prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
    ).all<{ name: string }>();
    const rows = await Promise.all(tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`).all()));
    const { keys } = await env.ZONES.list();
    const values = await Promise.all(keys.map(({ name }) => env.ZONES.get(name)));
    const logs = said.flatMap(({ mock }) => mock.calls);
    expect(logs.length).toBeGreaterThan(0);
    const all = JSON.stringify([answers, rows.map(({ results }) => results), values, logs]);
    expect(all).toContain("log_target_failed");
    expect(all).not.toContain(secret);
    expect(all).not.toContain(btoa(secret).replace(/=*$/, ""));
  });

  it("in the endpoint's URL are for those who may change the zone, and never at the edge or in the audit log", async () => {
    const { zone } = await newLogged();
    const { token } = await newKey(customer.live, { scopes: ["zones:read"] });
    const shown = await (await call(`/v1/zones/${zone.id}`, { key: token })).text();
    const audit = await (await call("/v1/audit", { key: customer.live })).text();
    const published = await env.ZONES.get(`zone:${zone.name}`);
    for (const text of [shown, audit, published]) expect(text).not.toContain("planted-in-the-url");
    expect(shown).toContain(`${receiver.origin.url}/[redacted]`);
    expect(await (await call(`/v1/zones/${zone.id}`, { key: customer.live })).text()).toContain("planted-in-the-url");
  });
});
