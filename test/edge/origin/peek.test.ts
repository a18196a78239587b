import { describe, expect, it, vi } from "vitest";
import { BodySilent } from "../../../src/edge/body/body-reader.ts";
import { peek } from "../../../src/edge/origin/peek.ts";

/** A body of these pieces, and what its reader did with it. */
function bodyOf(...pieces: (string | Error)[]) {
  const seen = { pulls: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[seen.pulls++];
        if (piece === undefined) controller.close();
        else if (piece instanceof Error) controller.error(piece);
        else controller.enqueue(new TextEncoder().encode(piece));
      },
      cancel() {
        seen.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, seen };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("peek()", () => {
  it("reads no more than it takes, and gives the whole again", async () => {
    const { body, seen } = bodyOf("ab", "cd", "ef", "gh");
    const heads: string[] = [];
    const whole = await peek(body, (head) => heads.push(text(head)) > 2, 1_000);
    expect([heads, seen.pulls]).toEqual([["", "ab", "abcd"], 2]);
    expect(await new Response(whole).text()).toBe("abcdefgh");
  });

  it.each([[[]], [["ab"]], [["ab", "cd"]]])("gives %j again where it ends before that", async (pieces) => {
    const whole = await peek(bodyOf(...pieces).body, () => false, 1_000);
    expect(await new Response(whole).text()).toBe(pieces.join(""));
  });

  it("has its reader find what the body breaks off with", async () => {
    const whole = await peek(bodyOf("ab", new Error("cut off")).body, () => false, 1_000);
    const reader = whole.getReader();
    expect(text((await reader.read()).value!)).toBe("ab");
    await expect(reader.read()).rejects.toThrow("cut off");
  });

  it("does not wait for ever for what says nothing", async () => {
    await expect(peek(new ReadableStream(), () => false, 1)).rejects.toThrow(BodySilent);
  });

  it("waits for as long as pieces keep coming, however long they take together", async () => {
    vi.useFakeTimers();
    try {
      const { body } = bodyOf("a", "b", "c", "d", "e");
      const slow = body.pipeThrough(
        new TransformStream({
          transform(piece, controller) {
            vi.advanceTimersByTime(60);
            controller.enqueue(piece);
          },
        }),
      );
      const whole = await peek(slow, () => false, 100);
      expect(await new Response(whole).text()).toBe("abcde");
    } finally {
      vi.useRealTimers();
    }
  });

  it("fails where nothing comes before the body breaks off", async () => {
    await expect(peek(bodyOf(new Error("cut off")).body, () => false, 1_000)).rejects.toThrow("cut off");
  });

  it("lets the body go when its reader leaves", async () => {
    const { body, seen } = bodyOf("ab", "cd");
    const whole = await peek(body, (head) => head.byteLength > 0, 1_000);
    await whole.cancel();
    expect(seen.cancelled).toBe(true);
  });
});
