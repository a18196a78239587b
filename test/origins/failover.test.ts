import { createServer, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { type Listening, listen } from "./listen.ts";
import { get, type RawAnswer, RawClient } from "./raw-client.ts";

let cdn: Cdn;
const servers: Listening[] = [];

beforeAll(async () => {
  cdn = await startCdn();
});

afterAll(async () => {
  await cdn.stop();
  await Promise.all(servers.map(({ close }) => close()));
});

/** A server that answers each path, with its name. @param port 0: any free one */
async function named(
  name: string,
  port = 0,
  answer?: (response: ServerResponse, path: string) => void,
): Promise<Listening> {
  const server = createServer(({ url = "" }, response) => {
    if (answer !== undefined) return answer(response, url);
    response.writeHead(200, { "Content-Type": "text/css", "Content-Length": name.length });
    response.end(name);
  });
  const listening = await listen(server, port);
  servers.push(listening);
  return listening;
}

let paths = 0;
const ask = async (zone: string, path = `/${++paths}.css`) => {
  const got = (await get(cdn.port, zone, path)) as RawAnswer;
  return { status: got.status, body: String(got.body), how: got.headers["cache-status"] ?? "" };
};

describe("the first of two origins, killed under load", () => {
  it("costs no client an answer, and is asked again once it has returned", async () => {
    const [first, second] = [await named("first"), await named("second")];
    const zone = await cdn.zone(first.url, {
      origins: [
        { name: "first", url: first.url },
        { name: "second", url: second.url },
      ],
    });
    const answers: Awaited<ReturnType<typeof ask>>[] = [];
    let isOver = false;
    const clients = Array.from({ length: 16 }, async () => {
      while (!isOver) answers.push(await ask(zone));
    });
    const seen = (body: string, from: number) => answers.slice(from).filter((answer) => answer.body === body).length;
    await expect.poll(() => seen("first", 0), { timeout: 20_000 }).toBeGreaterThan(100);
    expect(seen("second", 0)).toBe(0);
    const killedAt = answers.length;
    await first.close();
    await expect.poll(() => seen("second", killedAt), { timeout: 20_000 }).toBeGreaterThan(300);
    const backAt = answers.length;
    const back = performance.now();
    await named("first", first.port);
    await expect.poll(() => seen("first", backAt), { timeout: 30_000, interval: 50 }).toBeGreaterThan(0);
    const noticed = performance.now() - back;
    isOver = true;
    await Promise.all(clients);
    const failed = answers.filter(({ status }) => status !== 200);
    console.log(
      `failover: ${answers.length} requests, ${failed.length} failed, return noticed after ${Math.round(noticed)} ms`,
    );
    expect(failed).toEqual([]);
    expect(answers.at(-1)!.how).toMatch(/detail=origin:(?:first|second)$/);
    expect(cdn.log()).toMatch(/"event":"origin_down".*"name":"first"/);
    expect(cdn.log()).toMatch(/"event":"origin_up".*"name":"first"/);
  });
});

describe("an origin whose answer breaks off once it has begun", () => {
  it.each([0, 5])(
    "after %i bytes is answered with a reason, asks no other origin, and is not stored",
    async (bytes) => {
      let isBroken = true;
      const first = await named("first", 0, (response) => {
        response.writeHead(200, { "Content-Type": "text/css", "Content-Length": 9, "Cache-Control": "max-age=600" });
        if (!isBroken) return void response.end("the whole");
        response.flushHeaders();
        response.write("the whole".slice(0, bytes), () => response.destroy());
      });
      let others = 0;
      const second = await named("second", 0, (response) => {
        others++;
        response.end();
      });
      const zone = await cdn.zone(first.url, {
        origins: [
          { name: "first", url: first.url },
          { name: "second", url: second.url },
        ],
      });
      const path = `/${++paths}.css`;
      expect(await get(cdn.port, zone, path)).toMatchObject({
        end: "whole",
        status: 502,
        headers: { "cache-status": "ResCDN; detail=origin-body-cut" },
      });
      isBroken = false;
      expect(await ask(zone, path)).toMatchObject({
        status: 200,
        body: "the whole",
        how: expect.stringContaining("fwd="),
      });
      expect(others).toBe(0);
    },
  );
});

describe("the first of two origins of a server with two processes", () => {
  it("is known by both to be down once one has seen it, and is then asked by few trials alone", async () => {
    const both = await startCdn({ WORKERS: "2" });
    const tried: string[] = [];
    const first = createServer(({ method = "" }, response) => {
      tried.push(method);
      response.writeHead(503).end();
    });
    const listening = await listen(first);
    servers.push(listening);
    const second = await named("second");
    // Each process asks the origins itself.
    const zone = await both.zone(listening.url, {
      shield: false,
      origins: [
        { name: "first", url: listening.url },
        { name: "second", url: second.url },
      ],
    });
    // Each over a connection of its own: the system gives them to one process or the other.
    const answeredBy = async () => String(((await get(both.port, zone, `/${++paths}.css`)) as RawAnswer).body);
    const ask = async (count: number) => new Set(await Promise.all(Array.from({ length: count }, answeredBy)));
    try {
      for (let count = 0; !both.log().includes('"origin_down"') && count < 100; count++) await answeredBy();
      await delay(1_100);
      const before = tried.length;
      expect(before, "three failures in a row of one, two of the other").toBeLessThanOrEqual(5);
      expect(await ask(60)).toEqual(new Set(["second"]));
      expect(tried.slice(before)).toEqual([]);
      await expect
        .poll(() => ask(1).then(() => tried.length), { timeout: 15_000, interval: 50 })
        .toBeGreaterThan(before);
      await ask(60);
      // One of them tries it, or both where their times come in the same moment; on a slow machine its time comes again.
      const trials = tried.slice(before);
      expect(new Set(trials)).toEqual(new Set(["HEAD"]));
      expect(trials.length).toBeLessThanOrEqual(4);
    } finally {
      await both.stop();
    }
  });
});

describe("a bound of requests at the same time", () => {
  it("is kept whatever clients do, also those that leave within their answers", async () => {
    let running = 0;
    let most = 0;
    const origin = await named("slow", 0, (response) => {
      most = Math.max(most, ++running);
      response.on("close", () => running--);
      response.writeHead(200, { "Content-Type": "text/css", "Content-Length": 10, "Cache-Control": "no-store" });
      response.write("half.");
      setTimeout(() => response.end("whole"), 20);
    });
    const zone = await cdn.zone(origin.url, { origin_limit: { concurrent: 3, queue: 100, wait_ms: 10_000 } });
    const leavers = Array.from({ length: 20 }, async () => {
      const client = await RawClient.open(cdn.port);
      client.ask(zone, `/${++paths}.css`);
      await client.arrived(1);
      client.leave();
    });
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask(zone)));
    await Promise.all(leavers);
    expect(answers.filter(({ status, body }) => status !== 200 || body !== "half.whole")).toEqual([]);
    expect(most).toBe(3);
    const none = await cdn.zone(origin.url, { origin_limit: { concurrent: 1, queue: 0 } });
    const refused = (await Promise.all(Array.from({ length: 5 }, () => ask(none)))).map(({ status }) => status);
    expect(refused.sort()).toEqual([200, 503, 503, 503, 503]);
    expect((await ask(none)).status, "its place is given back").toBe(200);
  });

  it("has nobody wait for a place who can be served something stale; others have it when it is free", async () => {
    let slow: ServerResponse | null = null;
    const origin = await named("one", 0, (response, path) => {
      response.writeHead(200, { "Content-Type": "text/css", "Content-Length": 3, "Cache-Control": "max-age=1" });
      if (path === "/slow.css") slow = response;
      else response.end("abc");
    });
    const zone = await cdn.zone(origin.url, { origin_limit: { concurrent: 1, wait_ms: 30_000 } });
    expect((await ask(zone, "/stale.css")).status).toBe(200);
    const first = ask(zone, "/slow.css");
    await expect.poll(() => slow).not.toBe(null);
    const waiting = [ask(zone, "/a.css"), ask(zone, "/b.css")];
    const how = async () => (await ask(zone, "/stale.css")).how;
    await expect.poll(how, { interval: 300, timeout: 10_000 }).toMatch(/hit.*detail=busy/);
    slow!.end("abc");
    const answers = await Promise.all([first, ...waiting]);
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual(["200 abc", "200 abc", "200 abc"]);
    expect(cdn.log()).not.toMatch(/different request|hung/);
  });
});
