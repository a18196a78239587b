import { afterEach, describe, expect, it, vi } from "vitest";
import { Sink } from "../../../src/edge/body/sink.ts";

const STALLED_MS = 400;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A stream whose reader takes what it is asked to take. */
function streamOf() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { reader: readable.getReader(), writable };
}

describe("Sink", () => {
  it("lets an end go that takes nothing for a while, whatever it has taken before", async () => {
    vi.useFakeTimers();
    const { reader, writable } = streamOf();
    const sink = new Sink(writable, STALLED_MS);
    const first = sink.write(new Uint8Array(1));
    await reader.read();
    await first;
    await vi.advanceTimersByTimeAsync(10 * STALLED_MS);
    expect(sink.isOpen).toBe(true);
    void sink.write(new Uint8Array(1));
    void sink.write(new Uint8Array(1));
    await vi.advanceTimersByTimeAsync(STALLED_MS);
    expect(sink.isOpen).toBe(true);
    await vi.advanceTimersByTimeAsync(STALLED_MS);
    expect(sink.isOpen).toBe(false);
  });

  it("sets one timer for all chunks of a body, and none is left", async () => {
    vi.useFakeTimers();
    const set = vi.spyOn(globalThis, "setInterval");
    const { reader, writable } = streamOf();
    const sink = new Sink(writable, STALLED_MS);
    for (let chunk = 0; chunk < 100; chunk++) {
      const written = sink.write(new Uint8Array(1));
      await reader.read();
      await written;
    }
    const closed = sink.close();
    await reader.read();
    await closed;
    expect(set).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
