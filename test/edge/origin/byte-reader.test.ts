import { describe, expect, it, vi } from "vitest";
import { ByteReader, Malformed } from "../../../src/edge/origin/byte-reader.ts";

/** A reader of segments as a socket might bring them. With `end: false` the connection stays open and silent. */
function readerOf(segments: readonly string[], { end = true } = {}): ByteReader {
  const bytes = segments.map((segment) => Uint8Array.from(segment, (char) => char.charCodeAt(0)));
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const segment of bytes) controller.enqueue(segment);
      if (end) controller.close();
    },
  });
  return new ByteReader(stream);
}

const HEAD = "HTTP/1.1 200 OK\r\nA: \xe9\r\n\r\n";

describe("ByteReader", () => {
  it.each([
    ["at once", [`${HEAD}body`]],
    ["byte by byte", [...`${HEAD}body`]],
    ["with the delimiter in two", [HEAD.slice(0, -1), "\nbo", "dy"]],
  ])("gives the text before two line ends and leaves what follows, where it comes %s", async (_, segments) => {
    const reader = readerOf(segments);
    expect(await reader.textBefore(2, 100)).toBe("HTTP/1.1 200 OK\r\nA: \xe9");
    let rest = "";
    for (let bytes = await reader.some(3); bytes !== null; bytes = await reader.some(3))
      rest += String.fromCharCode(...bytes);
    expect(rest).toBe("body");
  });

  it("counts the bound without the delimiter", async () => {
    expect(await readerOf(["abc\r\n"]).textBefore(1, 3)).toBe("abc");
    await expect(readerOf(["abcd\r\n"]).textBefore(1, 3)).rejects.toThrow(Malformed);
  });

  it.each<[string, string[], 1 | 2]>([
    ["a line longer than its bound", ["abcdef"], 1],
    ["a line that ends in LF alone", ["ab\n"], 1],
    ["a head whose lines end in LF alone", ["ab\n\n"], 2],
    ["what does not begin as it should", ["x"], 1],
    ["a CR in a line", ["ab\rc"], 1],
  ])("refuses at once, while the connection is silent: %s", async (_, segments, pairs) => {
    const reader = readerOf(segments, { end: false });
    await expect(reader.textBefore(pairs, 4, /^[a-f]*\r?$/)).rejects.toThrow(Malformed);
  });

  it("refuses a line that its connection breaks off", async () => {
    await expect(readerOf(["ab\r"]).textBefore(1, 100)).rejects.toThrow(Malformed);
  });

  it("copies each byte a few times at most, however small the segments are", async () => {
    let copied = 0;
    const set = Uint8Array.prototype.set;
    const spy = vi.spyOn(Uint8Array.prototype, "set").mockImplementation(function (this: Uint8Array, source, at) {
      copied += source.length;
      set.call(this, source, at);
    });
    try {
      const line = "a".repeat(20_000);
      expect(await readerOf([...line, "\r\n"]).textBefore(1, 65_536)).toBe(line);
      expect(copied).toBeGreaterThan(20_000);
      expect(copied).toBeLessThan(100_000);
    } finally {
      spy.mockRestore();
    }
  });
});
