import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LogChunk } from "../../src/request-log/delivery/log-chunk.ts";
import { LogCollector } from "../../src/request-log/delivery/log-collector.ts";
import type { RequestEvent } from "../../src/request-log/request-event.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T10:00:00Z") });
  vi.stubGlobal("scheduler", { wait: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) });
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A collector, and what its outbox got. Each call of it is answered by the next of `takes`, the last again and again. */
function play(...takes: (() => Promise<void>)[]) {
  const chunks: LogChunk[] = [];
  const taker = {
    take(chunk: LogChunk) {
      chunks.push(chunk);
      return (takes.length > 1 ? takes.shift()! : takes[0]!)();
    },
  };
  const collector = new LogCollector("zone_1", () => taker);
  let lines = 0;
  const add = () => {
    const json = JSON.stringify({ n: ++lines });
    collector.add({} as RequestEvent, json, null, Date.now(), () => undefined);
  };
  const numbers = () =>
    chunks.flatMap(({ text }) =>
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).n),
    );
  return { collector, chunks, add, numbers };
}

const taken = async () => undefined;
const never = () => new Promise<void>(() => undefined);
const fails = () => Promise.reject(new Error("away"));

describe("LogCollector", () => {
  it("brings what has come within five seconds in one chunk", async () => {
    const { add, chunks } = play(taken);
    add();
    await vi.advanceTimersByTimeAsync(4_000);
    add();
    expect(chunks).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(chunks).toEqual([{ zone: "zone_1", text: '{"n":1}\n{"n":2}\n', lines: 2, lost: 0 }]);
  });

  it("tries a chunk again until it is taken, and those behind it after it", async () => {
    const { add, numbers } = play(fails, fails, taken);
    add();
    await vi.advanceTimersByTimeAsync(5_000);
    add();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(numbers()).toEqual([1, 1, 1, 2]);
  });

  it("goes on where the platform has dropped the request whose delivery was under way", async () => {
    const { add, numbers } = play(never, taken);
    add();
    await vi.advanceTimersByTimeAsync(5_000);
    add();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(numbers(), "one at a time").toEqual([1]);
    await vi.advanceTimersByTimeAsync(20_000);
    add();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(numbers()).toEqual([1, 1, 2, 3]);
  });

  it("has brought everything, what was under way too, when it is drained", async () => {
    const slow = Promise.withResolvers<void>();
    const { collector, add, numbers } = play(() => slow.promise, taken);
    add();
    await vi.advanceTimersByTimeAsync(5_000);
    add();
    let isDrained = false;
    const drained = collector.drain().then(() => {
      isDrained = true;
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(isDrained).toBe(false);
    slow.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    await drained;
    expect(numbers()).toEqual([1, 2]);
  });

  it("drops the oldest of what is too much to be held, and says how many lines that were", async () => {
    const { collector, chunks } = play(fails, fails, fails, fails, taken);
    const line = JSON.stringify({ text: "x".repeat(99_990) });
    for (let count = 0; count < 60; count++) collector.add({} as RequestEvent, line, null, Date.now(), () => undefined);
    await vi.advanceTimersByTimeAsync(10_000);
    await collector.drain();
    const arrived = chunks.slice(4).reduce((sum, { lines }) => sum + lines, 0);
    const lost = chunks.slice(4).reduce((sum, chunk) => sum + chunk.lost, 0);
    expect([arrived + lost, lost > 0]).toEqual([60, true]);
  });
});
