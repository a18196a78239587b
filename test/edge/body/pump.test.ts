import { describe, expect, it } from "vitest";
import { BodyReader } from "../../../src/edge/body/body-reader.ts";
import { BUFFER_BYTES, type Keeping, pump } from "../../../src/edge/body/pump.ts";
import { Sink } from "../../../src/edge/body/sink.ts";

const BOUNDS = {
  expected: null,
  maxStoredBytes: 10 * BUFFER_BYTES,
  idleMs: 10_000,
  received: () => undefined,
  stalledMs: 10_000,
};

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const left = [...chunks];
  return new ReadableStream({
    pull: (controller) => {
      const chunk = left.shift();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
}

/** Pumps a body of which only `mayHold` bytes may be held, to a client and a store. */
function pumped(chunks: readonly Uint8Array[], mayHold: number, needsHash = true) {
  const [client, store] = [new IdentityTransformStream(), new IdentityTransformStream()];
  let [held, released] = [0, 0];
  const keeping: Keeping = {
    hold: (bytes) => {
      if (held + bytes > mayHold) return false;
      held += bytes;
      return true;
    },
    release: () => {
      released++;
    },
    openStore: () => store.writable,
    keepNothing: () => undefined,
    needsHash,
    isAwaited: () => false,
  };
  const outcome = pump(new BodyReader(bodyOf(chunks)), { client: new Sink(client.writable, 10_000), keeping }, BOUNDS);
  return { outcome, client: client.readable, store: store.readable, released: () => released };
}

describe("pump()", () => {
  it("releases what was held once the client has all of it, not before", async () => {
    const chunks = ["a", "b", "c"].map((text) => new TextEncoder().encode(text));
    const { outcome, client, store, released } = pumped(chunks, 2);
    const stored = new Response(store).text();
    const reader = client.getReader();
    expect((await reader.read()).value).toEqual(chunks[0]);
    expect((await reader.read()).value).toEqual(chunks[1]);
    expect(released()).toBe(0);
    expect((await reader.read()).value).toEqual(chunks[2]);
    expect((await reader.read()).done).toBe(true);
    expect([await stored, (await outcome).kind, released()]).toEqual(["abc", "streamed", 1]);
  });

  it.each([
    ["of a small body that may not be held", 100_000, true, true],
    ["of one that needs none not", 100_000, false, false],
    ["of a large one not", 600_000, true, false],
  ])("gives the SHA-256 %s", async (_title, size, needsHash, isHashed) => {
    const chunks = [1, 2].map((byte) => new Uint8Array(size).fill(byte));
    const { outcome, client, store } = pumped(chunks, size, needsHash);
    const [, bytes] = await Promise.all([new Response(client).blob(), new Response(store).arrayBuffer()]);
    const sha256 = isHashed ? new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)) : null;
    expect(await outcome).toEqual({ kind: "streamed", size: 2 * size, sha256 });
  });
});
