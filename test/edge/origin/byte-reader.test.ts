import { describe, expect, it, vi } from "vitest";
import { ByteReader, EndedEarly, Malformed } from "../../../src/edge/origin/byte-reader.ts";

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
  const LF_HEAD = HEAD.replaceAll("\r", "");
  it.each([
    ["at once", [`${HEAD}body`]],
    ["byte by byte", [...`${HEAD}body`]],
    ["with the delimiter in two", [HEAD.slice(0, -1), "\nbo", "dy"]],
    ["with lines that end in LF alone", [`${LF_HEAD}body`]],
    ["with lines that end in LF alone, byte by byte", [...`${LF_HEAD}body`]],
    ["with an empty line of CR LF behind LF", [`${LF_HEAD.slice(0, -1)}\r\nbody`]],
    ["with an empty line of LF behind CR LF", [`${HEAD.slice(0, -2)}\nbody`]],
    ["behind empty lines", [`\r\n\n\r\n${HEAD}body`]],
    ["behind empty lines, byte by byte", [...`\r\n\n\r\n${HEAD}body`]],
  ])("gives a head and leaves what follows, where it comes %s", async (_, segments) => {
    const reader = readerOf(segments);
    expect((await reader.head(100)).replace("\r", "")).toBe("HTTP/1.1 200 OK\nA: \xe9");
    let rest = "";
    for (let bytes = await reader.some(3); bytes !== null; bytes = await reader.some(3))
      rest += String.fromCharCode(...bytes);
    expect(rest).toBe("body");
  });

  it("counts the bound without the delimiter", async () => {
    expect(await readerOf(["abc\r\n"]).line(3)).toBe("abc");
    await expect(readerOf(["abcd\r\n"]).line(3)).rejects.toThrow(Malformed);
    for (const end of ["\r\n\r\n", "\n\n", "\r\n\n"]) {
      expect(await readerOf([`a\nb${end}`]).head(3)).toBe("a\nb");
      await expect(readerOf([`a\nbc${end}`]).head(3)).rejects.toThrow(Malformed);
    }
  });

  it.each<[string, string[]]>([
    ["a line longer than its bound", ["abcdef"]],
    ["a line that ends in LF alone", ["ab\n"]],
    ["what does not begin as it should", ["x"]],
    ["a CR in a line", ["ab\rc"]],
  ])("refuses at once, while the connection is silent: %s", async (_, segments) => {
    const reader = readerOf(segments, { end: false });
    await expect(reader.line(4, /^[a-f]*\r?$/)).rejects.toThrow(Malformed);
  });

  it.each<[string, string[]]>([
    ["a head longer than its bound", ["abc\nabcdef"]],
    ["empty lines without a head", ["\r\n".repeat(5)]],
    ["empty lines without a head, byte by byte", [..."\n".repeat(10)]],
  ])("refuses at once, while the connection is silent: %s", async (_, segments) => {
    await expect(readerOf(segments, { end: false }).head(4)).rejects.toThrow(Malformed);
  });

  it("tells a line and a head that their connection breaks off from malformed ones", async () => {
    await expect(readerOf(["ab\r"]).line(100)).rejects.toThrow(EndedEarly);
    for (const cut of ["", "\r", "\r\n", "a\r\n", "a\n\r"])
      await expect(readerOf([cut]).head(100)).rejects.toThrow(EndedEarly);
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
      expect(await readerOf([...line, "\r\n"]).line(65_536)).toBe(line);
      expect(copied).toBeGreaterThan(20_000);
      expect(copied).toBeLessThan(100_000);
      copied = 0;
      expect(await readerOf([...line, "\n\n"]).head(65_536)).toBe(line);
      expect(copied).toBeLessThan(100_000);
    } finally {
      spy.mockRestore();
    }
  });
});
