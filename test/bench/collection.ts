/** One garbage collection, as V8 reports it. */
export interface Collection {
  /** `Scavenge` and `Minor Mark-Sweep`: the young generation; `Mark-Compact`: the whole heap. */
  collector: string;
  /** How long it stopped all JavaScript of its isolate, ms. */
  pauseMs: number;
  /** The part done earlier, in steps between pieces of JavaScript, ms. */
  stepsMs: number;
  /** Heap in use afterwards, MB of 2²⁰ bytes. */
  heapMb: number;
}

/** The format of `GCTracer::Print()`, in V8's `src/heap/gc-tracer.cc`. */
const TRACE = new RegExp(
  [
    /^\[\d+:0x[\da-f]+\] +\d+ ms: /, // process and isolate, age of the isolate
    /(Scavenge|Minor Mark-Sweep|Mark-Compact)(?: \([a-z ]+\))* /,
    /[\d.]+ \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB, (?:pooled: [\d.]+ MB, )?/, // in use, and committed
    /([\d.]+) \/ [\d.]+ ms +/, // the pause, and how much of it the embedder took
    /(?:\(\+ ([\d.]+) ms in \d+ steps )?/,
  ]
    .map(({ source }) => source)
    .join(""),
);

/** Parses a line that V8 prints with `--trace-gc`; null: it is another line. */
export function parseCollection(line: string): Collection | null {
  const [, collector, heap, pause, steps] = TRACE.exec(line) ?? [];
  if (collector === undefined) return null;
  return { collector, pauseMs: Number(pause), stepsMs: Number(steps ?? 0), heapMb: Number(heap) };
}
