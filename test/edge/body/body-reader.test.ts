import { describe, expect, it } from "vitest";
import { BodyReader } from "../../../src/edge/body/body-reader.ts";

const BYTES = new Uint8Array(1_000_000).map((_, at) => at % 251);

/** All that a reader gives, and the lengths of the pieces. */
async function readAll(reader: BodyReader): Promise<{ bytes: Uint8Array; lengths: number[] }> {
  const bytes = new Uint8Array(BYTES.byteLength);
  const lengths: number[] = [];
  let at = 0;
  for (let chunk = await reader.next(); chunk !== null; chunk = await reader.next()) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
    lengths.push(chunk.byteLength);
  }
  return { bytes: bytes.subarray(0, at), lengths };
}

/** A body of the platform's own, as fast as it is read. */
const fastBody = () => new Response(new Blob([BYTES])).body!;

describe("BodyReader", () => {
  it("reads a body that is held in larger and larger pieces, none larger than what came before it", async () => {
    const { bytes, lengths } = await readAll(new BodyReader(fastBody(), BYTES.byteLength, true));
    expect(bytes).toEqual(BYTES);
    expect(lengths).toEqual([65_536, 65_536, 131_072, 262_144, 262_144, 213_568]);
  });

  it.each([
    ["of a known length", BYTES.byteLength],
    ["of an unknown length", null],
  ])("reads a body %s that is not held with little memory", async (_, expected) => {
    const { bytes, lengths } = await readAll(new BodyReader(fastBody(), expected));
    expect(bytes).toEqual(BYTES);
    expect(Math.max(...lengths)).toBe(65_536);
  });

  it("gives the pieces of a slow body as they come", async () => {
    const { readable, writable } = new IdentityTransformStream();
    const reader = new BodyReader(readable, 6, true);
    const writer = writable.getWriter();
    for (const text of ["ab", "cd", "ef"]) {
      void writer.write(new TextEncoder().encode(text));
      expect(new TextDecoder().decode((await reader.next())!)).toBe(text);
    }
    void writer.close();
    expect(await reader.next()).toBe(null);
  });

  it.each([0, 65_535, 65_536, 65_537, 131_072, 131_073])("reads a body of %i bytes to its end", async (length) => {
    const body = new Response(new Blob([BYTES.subarray(0, length)])).body!;
    const { bytes } = await readAll(new BodyReader(body, length, true));
    expect(bytes).toEqual(BYTES.subarray(0, length));
  });
});
