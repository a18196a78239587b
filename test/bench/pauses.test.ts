import { describe, expect, it } from "vitest";
import { type Collection, parseCollection } from "./collection.ts";
import type { Round } from "./measure.ts";
import { summarisePauses } from "./pause-summary.ts";
import { percentile } from "./summary.ts";

describe("parseCollection()", () => {
  it.each<{ what: string; line: string; collection: Collection | null }>([
    {
      what: "workerd's young generation",
      line: "[24010:0x72287f94a000]       28 ms: Scavenge 2.2 (3.5) -> 1.9 (4.2) MB, pooled: 0.0 MB, 1.01 / 0.00 ms (average mu = 1.000, current mu = 1.000) allocation failure; ",
      collection: { collector: "Scavenge", pauseMs: 1.01, stepsMs: 0, heapMb: 1.9 },
    },
    {
      what: "workerd's whole heap",
      line: "[24223:0x7173ffca6000]     9765 ms: Mark-Compact 32.8 (34.5) -> 3.6 (17.3) MB, pooled: 17.2 MB, 110.05 / 0.00 ms (average mu = 0.989, current mu = 0.989) allocation limit; GC in old space requested",
      collection: { collector: "Mark-Compact", pauseMs: 110.05, stepsMs: 0, heapMb: 3.6 },
    },
    {
      what: "a heap that was marked in steps, as Node prints it",
      line: "[24675:0x2a63f000]      287 ms: Mark-Compact 141.8 (176.6) -> 51.5 (180.6) MB, pooled: 0 MB, 26.16 / 0.00 ms  (+ 8.0 ms in 87 steps since start of marking, biggest step 1.1 ms, walltime since start of marking 60 ms) (average mu = 0.837, current mu = 0.796) allocation failure; GC in old space requested",
      collection: { collector: "Mark-Compact", pauseMs: 26.16, stepsMs: 8, heapMb: 51.5 },
    },
    {
      what: "a collection with a remark",
      line: "[24675:0x2a63f000]       64 ms: Scavenge (interleaved) 20.1 (30.2) -> 18.4 (31.5) MB, pooled: 0 MB, 3.20 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure; ",
      collection: { collector: "Scavenge", pauseMs: 3.2, stepsMs: 0, heapMb: 18.4 },
    },
    { what: "the server's own line", line: "ready http://127.0.0.1:46665", collection: null },
    {
      what: "a log line that quotes one",
      line: '{"path":"[1:0x1] 28 ms: Scavenge 2.2 (3.5) -> 1.9 (4.2) MB, 1.01 / 0.00 ms "}',
      collection: null,
    },
    {
      what: "a line that was cut",
      line: "[24010:0x72287f94a000]       28 ms: Scavenge 2.2 (3.5) -> 1.9",
      collection: null,
    },
  ])("reads $what", ({ line, collection }) => {
    expect(parseCollection(line)).toEqual(collection);
  });
});

describe("percentile()", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    { values: hundred, share: 0.5, value: 50 },
    { values: hundred, share: 0.99, value: 99 },
    { values: hundred, share: 1, value: 100 },
    { values: [7, 3], share: 0.99, value: 7 },
    { values: [7, 3], share: 0, value: 3 },
    { values: [], share: 0.5, value: Number.NaN },
  ])("is $value at $share", ({ values, share, value }) => {
    expect(percentile(values, share)).toBe(value);
  });
});

describe("summarisePauses()", () => {
  const pace = { connections: 32, delayMs: 0 };
  const round = (contender: string, rate: number) =>
    ({ contender, asset: "1 KiB", pace, requests: 2 * rate, rate, p50: 1, p99: 2_000, cpu: 3, resident: 4 }) as Round;
  const scavenge = (pauseMs: number): Collection => ({ collector: "Scavenge", pauseMs, stepsMs: 0, heapMb: 10 });
  const rounds = [round("ours", 5_000), round("constant", 10_000), round("ours", 15_000)];
  const compact = { collector: "Mark-Compact", pauseMs: 30, stepsMs: 10, heapMb: 4 };
  const collections = new Map([
    ["ours", [scavenge(2), compact, scavenge(1), scavenge(3)]],
    ["constant", [scavenge(1)]],
  ]);
  const [ours, constant] = summarisePauses(rounds, collections);

  it("counts by requests and by the time under load, over all rounds", () => {
    // 40,000 requests in two rounds of 2 s.
    expect(ours).toEqual({
      contender: "ours",
      pace,
      rate: 10_000,
      p99: 2_000,
      collectors: [
        { name: "Mark-Compact", count: 1, perTenThousand: 0.25, p50: 30, p99: 30, max: 30, share: 0.01, heap: 4 },
        { name: "Scavenge", count: 3, perTenThousand: 0.75, p50: 2, p99: 3, max: 3, share: 0.0015, heap: 10 },
      ],
    });
  });

  it("shows a collector that only the other needed, with no pauses", () => {
    expect(constant?.collectors.map(({ name, count, share }) => [name, count, share])).toEqual([
      ["Mark-Compact", 0, 0],
      ["Scavenge", 1, 0.0005],
    ]);
    expect(constant?.collectors[0]?.max).toBeNaN();
  });
});
