import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cdn, startCdn } from "./cdn.ts";
import { pattern } from "./pattern.ts";
import { get, type RawAnswer, RawClient, summaryOf } from "./raw-client.ts";
import { type Behaviour, head, RawOrigin } from "./raw-origin.ts";

const MIB = 1_048_576;
const SIZE = 50 * MIB;

let cdn: Cdn;
let origin: RawOrigin;
let host: string;

beforeAll(async () => {
  [cdn, origin] = await Promise.all([startCdn(), RawOrigin.start()]);
  host = await cdn.zone(origin.url);
});

afterAll(async () => {
  await cdn.stop();
  await origin.close();
});

/** An origin of an object of so many bytes that counts what it has sent of bodies. */
function counting(size: number, knowsRanges = true) {
  const counted = { sent: 0, gone: Promise.resolve() };
  const behaviour: Behaviour = (socket, { method, headers }) => {
    const [, from, to] = (knowsRanges && /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "")) || [];
    const first = Number(from ?? 0);
    const last = to ? Math.min(Number(to), size - 1) : size - 1;
    const said = { "Content-Length": last + 1 - first, ETag: '"1"', "Cache-Control": "max-age=600" };
    const range = from === undefined ? {} : { "Content-Range": `bytes ${first}-${last}/${size}` };
    socket.write(head({ ...said, ...range }, from === undefined ? 200 : 206));
    if (method !== "HEAD") counted.gone = writePattern(socket, first, last + 1, counted);
  };
  return { counted, behaviour };
}

/** Writes until the other side has enough. */
async function writePattern(socket: Socket, first: number, end: number, counted: { sent: number }): Promise<void> {
  for (let at = first; at < end && !socket.destroyed; at += 65_536) {
    const block = pattern(at, Math.min(at + 65_536, end));
    if (!socket.write(block)) {
      const { promise: writable, resolve } = Promise.withResolvers<void>();
      socket.once("drain", resolve).once("close", resolve);
      await writable;
      socket.off("drain", resolve).off("close", resolve);
    }
    if (!socket.destroyed) counted.sent += block.byteLength;
  }
}

/** What a loopback connection takes without anybody reading it, and some (bytes). */
const UNDER_WAY = 16 * MIB;

describe("a request for a little of something large that is not stored", () => {
  it.each([
    ["a HEAD", "HEAD", {}, 200],
    ["its first byte", "GET", { Range: "bytes=0-0" }, 206],
    ["its last byte", "GET", { Range: `bytes=${SIZE - 1}-` }, 206],
    [
      "a byte in the middle, if it is still the same",
      "GET",
      { Range: "bytes=30000000-30000000", "If-Range": '"1"' },
      206,
    ],
  ] as const)("moves next to nothing from the origin: %s", async (title, method, headers, status) => {
    const { counted, behaviour } = counting(SIZE);
    for (let n = 0; n < 20; n++) {
      const path = `/little.bin?${encodeURIComponent(title)}${n}`;
      origin.on(path, behaviour);
      expect(await get(cdn.port, host, path, headers, method)).toMatchObject({ end: "whole", status });
    }
    expect(counted.sent).toBeLessThanOrEqual(20);
  });

  it.each([
    ["that the client's copy makes needless", { "If-None-Match": "*" }, 304],
    ["that a precondition forbids", { "If-Match": '"2"' }, 412],
  ] as const)("is broken off %s", async (_title, headers, status) => {
    const { counted, behaviour } = counting(SIZE);
    const path = `/needless.bin?${status}`;
    origin.on(path, behaviour);
    expect(await get(cdn.port, host, path, headers)).toMatchObject({ status });
    await counted.gone;
    expect(counted.sent).toBeLessThan(UNDER_WAY);
  });

  it("is broken off where the origin knows no ranges, or its client gets the whole", async () => {
    const { counted, behaviour } = counting(SIZE, false);
    for (const path of ["/plain.bin?near", "/plain.bin?far"]) origin.on(path, behaviour);
    const near = await get(cdn.port, host, "/plain.bin?near", { Range: "bytes=5-9" });
    expect(near).toMatchObject({ status: 206, body: Buffer.from(pattern(5, 10)) });
    await counted.gone;
    expect(counted.sent).toBeLessThan(UNDER_WAY);
    const far = await get(cdn.port, host, "/plain.bin?far", { Range: `bytes=${SIZE - 1}-` });
    expect(summaryOf(far)).toMatchObject({ end: "whole", status: 200, bytes: SIZE });
  });
});

describe("clients that leave a large miss", () => {
  it("take the request to the origin along, and nothing is stored", async () => {
    const fills = Array.from({ length: 6 }, (_, n) => ({ path: `/left.bin?${n}`, ...counting(24 * MIB) }));
    for (const { path, behaviour } of fills) origin.on(path, behaviour);
    for (const { path } of fills) {
      const client = await RawClient.open(cdn.port);
      await client.ask(host, path).arrived(1);
      client.leave();
    }
    await Promise.all(fills.map(({ counted }) => counted.gone));
    for (const { counted } of fills) expect(counted.sent).toBeLessThan(UNDER_WAY);
    const cached = await get(cdn.port, host, fills[0]!.path, { "Cache-Control": "only-if-cached" });
    expect(cached).toMatchObject({ status: 504 });
  });

  it("when a tenth of it is left let it be stored for the others", async () => {
    const size = 24 * MIB;
    const path = "/nearly.bin";
    const left = Promise.withResolvers<void>();
    origin.on(path, (socket) => {
      socket.write(head({ "Content-Length": size, "Cache-Control": "max-age=600" }));
      socket.write(pattern(0, size - 2 * MIB));
      void left.promise.then(() => socket.write(pattern(size - 2 * MIB, size)));
    });
    const client = await RawClient.open(cdn.port);
    await client.ask(host, path).arrived(size - 2 * MIB);
    client.leave();
    left.resolve();
    const cached = async () => get(cdn.port, host, path, { "Cache-Control": "only-if-cached" });
    await expect.poll(async () => ((await cached()) as RawAnswer).status, { timeout: 10_000 }).toBe(200);
    expect(summaryOf(await get(cdn.port, host, path))).toEqual({
      end: "whole",
      status: 200,
      xCache: "HIT",
      bytes: size,
    });
    expect(origin.requests(path)).toHaveLength(1);
  });
});
