import { describe, expect, it, vi } from "vitest";
import { streamBlob } from "../../../src/edge/body/stream-blob.ts";

const UNWATCHED = 1_048_576;
const PIECE = 524_288;
const MINUTE_MS = 60_000;

/** A body of so many bytes, and what has been cut out of it. */
function bodyOf(size: number) {
  const body = new Blob([new Uint8Array(size).map((_, at) => at % 251)]);
  return { body, cut: vi.spyOn(body, "slice") };
}

describe("streamBlob()", () => {
  it.each([0, 1, UNWATCHED])("leaves %i bytes to the runtime, in one piece", async (size) => {
    const { body, cut } = bodyOf(size);
    expect((await new Response(streamBlob(body, size, MINUTE_MS)).bytes()).byteLength).toBe(size);
    expect(cut).not.toHaveBeenCalled();
  });

  it.each([UNWATCHED + 1, 3 * PIECE, 3 * PIECE + 7])(
    "gives %i bytes in pieces, all of them and in order",
    async (size) => {
      const { body, cut } = bodyOf(size);
      const given = await new Response(streamBlob(body, size, MINUTE_MS)).bytes();
      expect(given).toEqual(await body.bytes());
      expect(cut.mock.calls.map(([from]) => from)).toEqual(
        Array.from({ length: Math.ceil(size / PIECE) }, (_, n) => n * PIECE),
      );
    },
  );

  it("takes no piece before the one before it has been taken", async () => {
    const { body, cut } = bodyOf(4 * PIECE);
    const reader = streamBlob(body, body.size, MINUTE_MS).getReader({ mode: "byob" });
    const take = (bytes: number) => reader.readAtLeast(bytes, new Uint8Array(bytes));
    expect((await take(1_000)).value?.byteLength).toBe(1_000);
    expect(cut).toHaveBeenCalledTimes(1);
    await take(PIECE);
    expect(cut).toHaveBeenCalledTimes(2);
    await reader.cancel();
  });

  it("lets go of a client that takes nothing", async () => {
    const { body } = bodyOf(4 * PIECE);
    await expect(
      streamBlob(body, body.size, 5).pipeTo(
        new WritableStream({ write: () => new Promise((resolve) => setTimeout(resolve, 50)) }),
      ),
    ).rejects.toThrow();
  });
});
