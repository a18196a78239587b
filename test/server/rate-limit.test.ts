import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";

const stateDir = temporaryFolder("rate");
let server: ServeProcess;

beforeAll(async () => {
  server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN });
});

afterAll(() => server?.stop());

const list = (key: string) => request(server.port, API, "/v1/zones", { headers: { "X-ResCDN-Key": key }, seconds: 60 });

describe("a key's rate limit, over 1,000 sockets at once", () => {
  it("lets exactly 100 calls pass, tells each its place, and the others when to come again", async () => {
    const keys = await newAccount(server.port);
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => list(keys.live)));
    const seconds = (performance.now() - began) / 1000;
    // Else the first calls would be forgotten before the last.
    expect(seconds).toBeLessThan(60);

    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    expect([passed.length, refused.length]).toEqual([100, 900]);
    const remaining = passed.map(({ headers }) => Number(headers["x-ratelimit-remaining"]));
    expect(remaining.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index));
    for (const { headers, body } of refused) {
      expect(JSON.parse(body)).toMatchObject({ code: "rate_limited" });
      expect(Number(headers["retry-after"])).toBeGreaterThan(0);
      expect(Number(headers["retry-after"])).toBeLessThanOrEqual(60);
    }
    expect((await list(keys.test)).status).toBe(200);
  });
});

describe("a key that has used up its calls", () => {
  it("stays refused when nobody calls for longer than the platform keeps idle objects in memory", async () => {
    const { live } = await newAccount(server.port);
    const answers = await Promise.all(Array.from({ length: 100 }, () => list(live)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100);
    // workerd's ten seconds, after the object's own five, are in no clock that a test could move.
    await wait(18_000);
    expect((await list(live)).status).toBe(429);
  });
});
