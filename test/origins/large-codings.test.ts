import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { get, type RawAnswer } from "./raw-client.ts";
import { answer, RawOrigin } from "./raw-origin.ts";

const MIB = 1_048_576;

let cdn: Cdn;
let inMemory: Cdn;
let origin: RawOrigin;

beforeAll(async () => {
  [cdn, inMemory, origin] = await Promise.all([
    startCdn(),
    startCdn({ MEMORY_OBJECT_BYTES: String(8 * MIB), MEMORY_BYTES: String(64 * MIB) }),
    RawOrigin.start(),
  ]);
});

afterAll(async () => {
  await Promise.all([cdn.stop(), inMemory.stop(), origin.close()]);
});

/** Script of at least so many bytes. */
function script(bytes: number): Buffer {
  const line = (i: number) => `function f${i}(a) { return a.x${(i * 7_919) % 9_973} + ${Math.sin(i)} }\n`;
  const lines: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) length += lines[lines.push(line(i)) - 1]!.length;
  return Buffer.from(lines.join(""));
}

const large = script(3 * MIB);

/** A body as it comes from the origin, and the most bytes that it may cost a client that takes gzip. */
const most = gzipSync(large, { level: 5 }).byteLength;

let paths = 0;
const newPath = (extension = "js") => `/${++paths}.${extension}`;

describe.each([
  ["out of the store", () => cdn],
  ["out of memory", () => inMemory],
])("3 MiB of script, %s", (_title, cdnOf) => {
  it.each([
    ["uncoded", large, {}],
    ["in gzip", gzipSync(large), { "Content-Encoding": "gzip" }],
  ])("cost no more than the origin's own gzip, from an origin that sends them %s", async (_how, body, headers) => {
    const [to, path] = [cdnOf(), newPath()];
    const host = await to.zone(origin.url);
    origin.on(path, answer(body, { ...headers, ETag: '"1"' }));
    for (const xCache of ["MISS", "HIT", "HIT", "HIT", "HIT"]) {
      const got = (await get(to.port, host, path, { "Accept-Encoding": "gzip, br" })) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { "content-encoding": "gzip", "x-cache": xCache } });
      expect(got.body.byteLength).toBeLessThan(most);
      expect(gunzipSync(got.body).equals(large)).toBe(true);
    }
    for (const accepted of ["identity", "br"]) {
      const got = (await get(to.port, host, path, { "Accept-Encoding": accepted })) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { vary: "Accept-Encoding" } });
      expect(got.headers).not.toHaveProperty("content-encoding");
      expect(got.body.equals(large)).toBe(true);
    }
    expect(origin.requests(path)).toHaveLength(1);
  });

  it("are coded once for all who ask at the same time, and come with their length", async () => {
    const [to, path] = [cdnOf(), newPath()];
    const host = await to.zone(origin.url);
    origin.on(path, answer(large));
    await get(to.port, host, path);
    const all = await Promise.all(
      Array.from({ length: 12 }, () => get(to.port, host, path, { "Accept-Encoding": "gzip" })),
    );
    const again = (await get(to.port, host, path, { "Accept-Encoding": "gzip" })) as RawAnswer;
    for (const got of all as RawAnswer[]) {
      expect(got).toMatchObject({ end: "whole", status: 200, headers: { "content-encoding": "gzip" } });
      expect(got.body.equals(again.body)).toBe(true);
    }
    expect(again.headers["content-length"]).toBe(String(again.body.byteLength));
  });
});

it("wasm that its origin packs stays packed on the hit as on the miss", async () => {
  const wasm = Buffer.concat([Buffer.from("\0asm\x01\0\0\0", "latin1"), large]);
  const packed = gzipSync(wasm);
  const host = await cdn.zone(origin.url);
  for (const type of ["application/wasm", "application/octet-stream"]) {
    const path = newPath("wasm");
    origin.on(
      path,
      answer(packed, { "Content-Encoding": "gzip", "Content-Type": type, "Cache-Control": "max-age=60" }),
    );
    for (const xCache of ["MISS", "HIT", "HIT"]) {
      const got = (await get(cdn.port, host, path, { "Accept-Encoding": "gzip, deflate, br, zstd" })) as RawAnswer;
      expect(got).toMatchObject({ end: "whole", headers: { "content-encoding": "gzip", "x-cache": xCache } });
      expect(got.body.byteLength).toBeLessThan(packed.byteLength * 1.1);
      expect(gunzipSync(got.body).equals(wasm)).toBe(true);
    }
  }
});

it("above 32 MiB a text goes as it is stored", async () => {
  const huge = Buffer.alloc(32 * MIB + 1, "a line of a log\n");
  const [host, path] = [await cdn.zone(origin.url), newPath("txt")];
  origin.on(path, answer(huge, { "Cache-Control": "max-age=60" }));
  for (const xCache of ["MISS", "HIT"]) {
    const got = (await get(cdn.port, host, path, { "Accept-Encoding": "gzip" })) as RawAnswer;
    expect(got).toMatchObject({ end: "whole", headers: { "x-cache": xCache, "content-length": `${huge.byteLength}` } });
    expect(got.headers).not.toHaveProperty("content-encoding");
  }
});

it("a purge takes the coded form away as well", async () => {
  const [host, path] = [await cdn.zone(origin.url), newPath()];
  const other = Buffer.from(large).fill("b", 0, 99);
  origin.on(path, answer(large), answer(other));
  const ask = async () =>
    gunzipSync(((await get(cdn.port, host, path, { "Accept-Encoding": "gzip" })) as RawAnswer).body);
  for (let i = 0; i < 3; i++) expect((await ask()).equals(large)).toBe(true);
  await cdn.purge(host, { paths: [path] });
  for (let i = 0; i < 3; i++) expect((await ask()).equals(other)).toBe(true);
});
