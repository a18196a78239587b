import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { pattern } from "./pattern.ts";
import { get, type RawAnswer, RawClient, summaryOf } from "./raw-client.ts";
import { answer, chunk, head, LAST_CHUNK, RawOrigin } from "./raw-origin.ts";

let cdn: Cdn;
let origin: RawOrigin;
let host: string;

const SIZE = 12_000_000;
const whole = pattern(0, SIZE);

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  host = await cdn.zone(origin.url, { timeouts: { first_byte_ms: 1_000, idle_ms: 1_000 } });
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

async function isServed(path: string, xCache: string): Promise<void> {
  const got = await get(cdn.port, host, path);
  expect(summaryOf(got)).toEqual({ end: "whole", status: 200, xCache, bytes: SIZE });
  expect((got as RawAnswer).body.equals(whole)).toBe(true);
}

describe("a client that leaves in the middle of a large miss", () => {
  it.each(["closes", "resets"])("and %s ends the request to the origin: the next one has it whole", async (way) => {
    const path = `/left-${way}.png`;
    const ended = Promise.withResolvers<void>();
    origin.on(path, (socket) => {
      socket.once("close", () => ended.resolve());
      socket.write(head({ "Content-Length": SIZE }));
      socket.write(whole.subarray(0, SIZE / 2));
      const rest = setInterval(() => socket.write("x"), 10);
      socket.once("close", () => clearInterval(rest));
    });
    const client = await RawClient.open(cdn.port);
    await client.ask(host, path).arrived(100_000);
    if (way === "resets") client.socket.resetAndDestroy();
    else client.leave();
    await ended.promise;
    origin.on(path, answer(whole));
    await isServed(path, "MISS");
    await isServed(path, "HIT");
    expect(origin.requests(path)).toHaveLength(2);
  });

  it("takes no other client of the same object along", async () => {
    const path = "/shared.png";
    const leading = Promise.withResolvers<void>();
    const origins = Promise.withResolvers<void>();
    origin.on(path, (socket) => {
      socket.write(head({ "Transfer-Encoding": "chunked" }));
      socket.write(chunk(whole.subarray(0, 6_000_000)));
      leading.resolve();
      void origins.promise.then(() =>
        socket.write(Buffer.concat([chunk(whole.subarray(6_000_000)), Buffer.from(LAST_CHUNK)])),
      );
    });
    const leader = await RawClient.open(cdn.port);
    leader.ask(host, path);
    await leading.promise;
    await leader.arrived(100_000);
    const followers = Array.from({ length: 5 }, () => get(cdn.port, host, path));
    leader.leave();
    origins.resolve();
    for (const got of await Promise.all(followers)) {
      expect(summaryOf(got)).toMatchObject({ end: "whole", status: 200, bytes: SIZE });
      expect((got as RawAnswer).body.equals(whole)).toBe(true);
    }
  });
});

describe("a client that stops reading", () => {
  it("on a large miss does not keep others from the same object", async () => {
    const path = "/stalled.png";
    origin.on(path, answer(whole));
    origin.on("/alone.png", answer(whole));
    const timed = async (asked: string) => {
      const began = Date.now();
      const got = await get(cdn.port, host, asked);
      return { got, ms: Date.now() - began };
    };
    const alone = await timed("/alone.png");
    const stalled = await RawClient.open(cdn.port);
    await stalled.ask(host, path).arrived(1_000);
    stalled.stall();
    const { got, ms } = await timed(path);
    stalled.leave();
    expect(summaryOf(got)).toMatchObject({ end: "whole", status: 200, bytes: SIZE });
    expect((got as RawAnswer).body.equals(whole)).toBe(true);
    // It waits for 0.1 s; for a leader that takes what comes it would wait for 2.5.
    expect(ms - alone.ms, "ms that the other waited").toBeLessThan(2_000);
  });

  it("on a hit does not keep others from the same object", async () => {
    const path = "/stalled-hit.png";
    origin.on(path, answer(whole));
    await isServed(path, "MISS");
    const stalled = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(cdn.port)));
    for (const client of stalled) {
      await client.ask(host, path).arrived(1_000);
      client.stall();
    }
    await isServed(path, "HIT");
    for (const client of stalled) client.leave();
  });

  it("within its own head does not keep others from anything", async () => {
    origin.on("/small.png", answer("small"));
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(cdn.port)));
    for (const client of clients) client.send(`GET /small.png HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `);
    expect(await get(cdn.port, host, "/small.png")).toMatchObject({ status: 200, body: Buffer.from("small") });
    for (const client of clients) {
      client.send("1\r\n\r\n");
      expect(await client.receive()).toMatchObject({ status: 200, body: Buffer.from("small") });
      client.leave();
    }
  });
});
