import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type KillableServer, startKillable } from "./durability/server.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { type Answer, request } from "./request.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { type Reaction, WebhookReceiver } from "./webhook-receiver.ts";

const HOST = "api.resolvedb.localhost";

const stateDir = temporaryFolder("webhooks");
let server: KillableServer;
let key: string;
const receiver = new WebhookReceiver();

beforeAll(async () => {
  await receiver.start();
  server = await start();
  key = (await newAccount(server.port, "pro")).resolvedb;
});

afterAll(async () => {
  await server?.kill();
  await receiver.stop();
});

function start(): Promise<KillableServer> {
  return startKillable({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
}

function api(method: string, path: string, body?: unknown): Promise<Answer> {
  return request(server.port, HOST, `/api/v1${path}`, { method, headers: { Authorization: `Bearer ${key}` }, body });
}

async function json<Body>(answer: Promise<Answer>, status: number): Promise<Body> {
  const { status: actual, body } = await answer;
  expect(actual, body).toBe(status);
  return JSON.parse(body) as Body;
}

interface Hook {
  id: string;
  path: string;
  secret: string;
}

let hooks = 0;

/** A webhook with a path of its own, whose requests meet these reactions. */
async function newHook(...reactions: Reaction[]): Promise<Hook> {
  const path = `/hook-${++hooks}`;
  receiver.reacts(path, ...reactions);
  const body = { webhook: { url: receiver.url + path, events: ["record.upserted"] } };
  const { webhook } = await json<{ webhook: { id: string; secret: string } }>(api("POST", "/webhooks", body), 201);
  return { path, ...webhook };
}

async function remove({ id }: Hook): Promise<void> {
  expect((await api("DELETE", `/webhooks/${id}`)).status).toBe(204);
}

let records = 0;

/** Stores records, one after the other; resolves when all are acknowledged. */
async function write(count: number): Promise<string[]> {
  const keys: string[] = [];
  for (let index = 0; index < count; index++) {
    const recordKey = `r${++records}.hooked.v1`;
    await json(api("POST", "/records", { record: { key: recordKey, data: "e30=" } }), 201);
    keys.push(recordKey);
  }
  return keys;
}

/** Keys of the records whose events a webhook has taken. */
function taken({ path, secret }: Hook): string[] {
  const keys = receiver.received.flatMap(({ path: at, reaction, headers, body }) => {
    if (at !== path) return [];
    const event = new Webhook(secret).verify(body, headers) as { type: string; data: { key: string } };
    expect([event.type, headers["x-resolvedb-event"]]).toEqual(["record.upserted", "record.upserted"]);
    return reaction === "ok" ? [event.data.key] : [];
  });
  return [...new Set(keys)].sort();
}

/** Waits until a webhook has taken the events of these records. */
async function waitUntilTaken(hook: Hook, keys: readonly string[], seconds: number): Promise<void> {
  await vi.waitUntil(() => taken(hook).length >= keys.length, { timeout: seconds * 1_000, interval: 50 });
  expect(taken(hook)).toEqual(keys.toSorted());
}

interface ShownDelivery {
  id: string;
  status: string;
  attempts: number;
  response_status: number | null;
  reason: string | null;
}

async function deliveries({ id }: Hook): Promise<ShownDelivery[]> {
  const { deliveries: shown } = await json<{ deliveries: ShownDelivery[] }>(
    api("GET", `/webhooks/${id}/deliveries?per_page=100`),
    200,
  );
  return shown;
}

async function waitUntilShown(hook: Hook, what: (delivery: ShownDelivery) => boolean, seconds: number): Promise<void> {
  await vi.waitUntil(async () => (await deliveries(hook)).every(what), { timeout: seconds * 1_000, interval: 200 });
}

describe("webhooks of npm run serve", () => {
  it("bring every event to a receiver that fails first, signed, and follow no redirect", async () => {
    const hook = await newHook("error", "reset", "redirect", "ok");
    const keys = await write(5);
    await waitUntilTaken(hook, keys, 20);
    await waitUntilShown(hook, ({ status }) => status === "delivered", 5);
    expect(receiver.received.filter(({ path }) => path === "/redirected")).toEqual([]);
    // What is taken is not sent again.
    expect(receiver.received.filter(({ path }) => path === hook.path)).toHaveLength(8);
    expect(receiver.taken(hook.path)).toEqual(new Set((await deliveries(hook)).map(({ id }) => id)));
    await remove(hook);
  });

  it("wait for a receiver that goes away and comes back", async () => {
    const hook = await newHook("ok");
    const before = await write(1);
    await waitUntilTaken(hook, before, 5);
    await receiver.stop();
    const meanwhile = await write(2);
    await waitUntilShown(hook, ({ attempts }) => attempts === 1, 4);
    expect((await deliveries(hook)).slice(0, 2)).toMatchObject(
      Array(2).fill({ status: "pending", response_status: null, reason: "The server could not be reached" }),
    );
    await receiver.start();
    const after = await write(1);
    await waitUntilTaken(hook, [...before, ...meanwhile, ...after], 15);
    await remove(hook);
  });

  it("do not wait for one that hangs, and come back to it", async () => {
    const hanging = await newHook("hang", "ok");
    const other = await newHook("ok");
    const keys = await write(1);
    await waitUntilTaken(other, keys, 5);
    expect(taken(hanging)).toEqual([]);
    await waitUntilShown(hanging, ({ reason }) => reason === "No answer within 15 seconds", 20);
    await waitUntilTaken(hanging, keys, 10);
    await Promise.all([hanging, other].map(remove));
  });

  it("are disabled by 410, and say so", async () => {
    const hook = await newHook("gone", "ok");
    await write(1);
    const shown = () => json<{ webhook: { enabled: boolean } }>(api("GET", `/webhooks/${hook.id}`), 200);
    await vi.waitUntil(async () => !(await shown()).webhook.enabled, { timeout: 5_000 });
    expect(await shown()).toMatchObject({
      webhook: {
        enabled: false,
        disabled_reason: "gone",
        last_result: { delivered: false, response_status: 410, reason: "Answered 410" },
      },
    });
    await write(1);
    expect(await deliveries(hook)).toHaveLength(1);
    await remove(hook);
  });

  it("end with their deletion, also what waits", async () => {
    const [deleted, kept] = [await newHook("error", "ok"), await newHook("error", "ok")];
    const keys = await write(1);
    await waitUntilShown(deleted, ({ attempts }) => attempts === 1, 4);
    await waitUntilShown(kept, ({ attempts }) => attempts === 1, 4);
    await remove(deleted);
    const more = await write(1);
    // Its second attempt came at the same time as the other's would have.
    await waitUntilTaken(kept, [...keys, ...more], 15);
    expect(receiver.received.filter(({ path }) => path === deleted.path)).toHaveLength(1);
    await remove(kept);
  });

  it("bring what was acknowledged although the server was killed before it was delivered", async () => {
    const hook = await newHook("hang");
    const keys: string[] = [];
    for (let kill = 0; kill < 2; kill++) {
      keys.push(...(await write(3)));
      await server.kill();
      server = await start();
    }
    expect(taken(hook)).toEqual([]);
    keys.push(...(await write(1)));
    await server.kill();
    receiver.reacts(hook.path, "ok");
    server = await start();
    // The cron comes after a minute, and takes on what is overdue by half a minute.
    await waitUntilTaken(hook, keys, 100);
    expect(receiver.taken(hook.path)).toEqual(new Set((await deliveries(hook)).map(({ id }) => id)));
    await remove(hook);
  });
});
