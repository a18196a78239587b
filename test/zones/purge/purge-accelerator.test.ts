import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { accelerate } from "../../../src/zones/purge/purge-acceleration.ts";
import type { PurgeOrder } from "../../../src/zones/purge/purges.ts";

/** What the API was sent, and what it answers: by turns, then success. */
let calls: string[][];
let script: (() => Response)[]; // functions, since a body belongs to the request that it was made in
let logged: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  // Ahead of the runtime's own clock: an alarm in its past would run by itself.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
  calls = [];
  script = [];
  logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
    calls.push((JSON.parse(String(init!.body)) as { tags: string[] }).tags);
    return script.shift()?.() ?? Response.json({ success: true });
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

let objects = 0;

/** An accelerator of its own with Cloudflare's API configured. */
async function newAccelerator() {
  const stub = env.PURGE_ACCELERATOR.getByName(`test-${++objects}`);
  await runInDurableObject(stub, (accelerator) => {
    const cloudflare = { CLOUDFLARE_API_TOKEN: "secret-token", CLOUDFLARE_ZONE_ID: "0".repeat(32) };
    const { object } = accelerator as unknown as { object: object };
    Object.assign(object, { env: { ...env, ...cloudflare } });
  });
  return {
    enqueue: (...tags: string[]) => stub.enqueue(tags),
    /** Ms until the next call; null: none is planned. */
    delay: () =>
      runInDurableObject(stub, async (_, { storage }) => {
        const alarm = await storage.getAlarm();
        return alarm && alarm - Date.now();
      }),
    /** Moves the clock to the next call, and makes it. */
    async next() {
      vi.setSystemTime(Date.now() + Math.max((await this.delay()) ?? 0, 0));
      return runDurableObjectAlarm(stub);
    },
  };
}

const tags = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `t${String(from + i).padStart(6, "0")}`);
const problem =
  (status: number, headers = {}) =>
  () =>
    Response.json({ success: false, errors: [{ code: 1 }] }, { status, headers });

describe("PurgeAccelerator", () => {
  it("gathers tags for two seconds, and sends each once", async () => {
    const accelerator = await newAccelerator();
    await accelerator.enqueue("a", "b");
    expect(await accelerator.delay()).toBe(2_000);
    vi.setSystemTime(Date.now() + 1_500);
    await accelerator.enqueue("b", "c");
    expect(await accelerator.delay()).toBe(500);
    expect(await accelerator.next()).toBe(true);
    expect(calls.map((sent) => sent.sort())).toEqual([["a", "b", "c"]]);
    expect(await accelerator.delay()).toBeNull();
  });

  it("sends as many tags in a call as Cloudflare takes, oldest first", async () => {
    const accelerator = await newAccelerator();
    await accelerator.enqueue(...tags(0, 60));
    vi.setSystemTime(Date.now() + 1);
    await accelerator.enqueue(...tags(60, 250));
    while (await accelerator.next());
    expect(calls).toEqual([tags(0, 100), tags(100, 200), tags(200, 250)]);
  });

  it("makes 25 calls at once, then five a minute", async () => {
    const accelerator = await newAccelerator();
    await accelerator.enqueue(...tags(0, 4_000));
    const start = Date.now();
    const at: number[] = [];
    for (let before = 0; await accelerator.next(); before = calls.length) {
      if (calls.length > before) at.push(Date.now() - start);
    }
    expect(calls.flat()).toEqual(tags(0, 4_000));
    const within = (end: number) => at.filter((time) => time < end).length;
    expect(within(60_000)).toBeGreaterThanOrEqual(25);
    expect(within(60_000)).toBeLessThanOrEqual(30);
    expect(within(120_000)).toBeLessThanOrEqual(35);
  });

  it("sends a tag again that was asked for while it was being sent", async () => {
    const accelerator = await newAccelerator();
    await accelerator.enqueue("a");
    vi.spyOn(globalThis, "fetch").mockImplementationOnce(async (_, init) => {
      calls.push((JSON.parse(String(init!.body)) as { tags: string[] }).tags);
      vi.setSystemTime(Date.now() + 5);
      await accelerator.enqueue("a");
      return Response.json({ success: true });
    });
    while (await accelerator.next());
    expect(calls).toEqual([["a"], ["a"]]);
  });

  it("waits after a 429 as it is told, and after failures longer each time, until the tags are purged", async () => {
    const accelerator = await newAccelerator();
    script = [problem(503), problem(403), () => new Response("{"), problem(200), problem(429, { "retry-after": "30" })];
    await accelerator.enqueue("a");
    const delays: (number | null)[] = [];
    while (await accelerator.next()) delays.push(await accelerator.delay());
    expect(delays).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, null]);
    expect(calls).toEqual(Array(6).fill(["a"]));
    const reasons = logged.mock.calls.map(([line]: [string]) => JSON.parse(line).reason);
    expect(reasons).toEqual([
      "status 503, error codes 1",
      "status 403, error codes 1",
      "status 200, error codes none",
      "status 200, error codes 1",
    ]);
    expect(JSON.stringify(logged.mock.calls)).not.toContain("secret-token");
  });

  it("gives up after a day, and says so", async () => {
    const accelerator = await newAccelerator();
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => problem(500)());
    await accelerator.enqueue("a", "b");
    const enqueuedAt = Date.now();
    await accelerator.next();
    vi.setSystemTime(enqueuedAt + 86_400_000 - 300_000);
    await accelerator.next();
    expect(await accelerator.delay()).not.toBeNull();
    vi.setSystemTime(enqueuedAt + 86_400_001);
    await accelerator.next();
    expect(await accelerator.delay()).toBeNull();
    const events = logged.mock.calls.map(([line]: [string]) => JSON.parse(line));
    expect(events.at(-1)).toEqual({ level: "error", event: "purge_acceleration_given_up", tags: 2 });
  });

  it("drops the oldest of more tags than it holds, and says so", async () => {
    const accelerator = await newAccelerator();
    await accelerator.enqueue(...tags(0, 5));
    vi.setSystemTime(Date.now() + 1);
    await accelerator.enqueue(...tags(5, 50_003));
    expect(logged.mock.calls).toEqual([['{"level":"error","event":"purge_acceleration_overflow","tags":3}']]);
    await accelerator.next();
    expect(calls[0]!.slice(0, 3)).toEqual(["t000000", "t000001", "t000005"]);
  });
});

describe("accelerate()", () => {
  const order: PurgeOrder = {
    id: "p",
    zone: "zone_a",
    soft: false,
    targets: [{ kind: "path", value: "/a" }],
    createdBy: "k",
  };
  const unreachable = {
    getByName: vi.fn(() => {
      throw new Error("no route to the object");
    }),
  };
  const namespace = unreachable as unknown as typeof env.PURGE_ACCELERATOR;

  it("never fails, whatever becomes of the object", async () => {
    await accelerate(namespace, order);
    expect(logged.mock.calls).toEqual([[expect.stringContaining("purge_accelerator_unreachable")]]);
  });

  it("leaves soft purges and prefixes to the purge log", async () => {
    unreachable.getByName.mockClear();
    await accelerate(namespace, { ...order, soft: true });
    await accelerate(namespace, { ...order, targets: [{ kind: "prefix", value: "/a" }] });
    expect(unreachable.getByName).not.toHaveBeenCalled();
  });
});
