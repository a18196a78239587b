import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryOf, processListeningOn } from "../origins/memory.ts";
import { type CachedServer, startCachedServer } from "./cached-server.ts";

const MIB = 1_048_576;
const BOUND = 8 * MIB;

let origin: Server;
let originUrl: string;
let asked: string[] = [];
let held: { response: ServerResponse; arrived: () => void } | null = null;
let server: CachedServer | null = null;
/** Whether the origin lets its answers be stored. */
let storable = true;

beforeAll(async () => {
  origin = createServer(answer).listen(0, "127.0.0.1");
  await once(origin, "listening");
  originUrl = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
});

afterEach(() => {
  asked = [];
  storable = true;
});

afterAll(() => {
  origin.closeAllConnections();
  origin.close();
});

async function start(env: Record<string, string> = {}, settings = {}): Promise<CachedServer> {
  server = await startCachedServer(originUrl, { CACHE_BYTES: String(BOUND), ...env }, settings);
  return server;
}

async function stop(): Promise<void> {
  await server?.stop();
  server = null;
}

/** `/<bytes>/<name>`: so many bytes that depend on the path; `/chunked/…` without a length, `/held/…` only the first half. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? "";
  asked.push(path);
  const body = bodyOf(path);
  response.setHeader("Cache-Control", storable ? "max-age=3600" : "no-store");
  response.setHeader("ETag", `"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`);
  if (!path.includes("chunked")) response.setHeader("Content-Length", body.byteLength);
  if (!path.startsWith("/held/") || held === null) return void response.end(body);
  response.write(body.subarray(0, body.byteLength / 2));
  held.response = response;
  held.arrived();
}

/** Cannot be compressed, and each half of it tells which path it is of. */
function bodyOf(path: string): Buffer {
  const size = Number(/\d+/.exec(path)?.[0]);
  const digest = createHash("sha512").update(path).digest();
  const body = Buffer.alloc(size);
  for (let at = 0; at < size; at += 64) digest.copy(body, at);
  return body;
}

interface Got {
  status: number;
  cache: string | undefined;
  body: Buffer;
}

async function get(path: string, headers: Record<string, string> = {}): Promise<Got> {
  const { port, host } = server!;
  const outgoing = httpRequest({ host: "127.0.0.1", port, path, headers: { ...headers, Host: host }, agent: false });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const cache = incoming.headers["x-cache"] as string | undefined;
  return { status: incoming.statusCode ?? 0, cache, body: Buffer.concat(chunks) };
}

/** Asks for many, eight at a time. */
async function getAll(paths: readonly string[], headers: Record<string, string> = {}): Promise<Got[]> {
  const answers: Got[] = [];
  for (let at = 0; at < paths.length; at += 8) {
    answers.push(...(await Promise.all(paths.slice(at, at + 8).map((path) => get(path, headers)))));
  }
  return answers;
}

/** Until it holds: what is stored is written after it has been answered. */
async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 20_000, interval: 20 }).toBe(true);
}

async function stored(path: string): Promise<void> {
  await get(path);
  await eventually(async () => (await get(path)).cache === "HIT");
}

/** Rewrites a file of the cache, whose name tells how long its entry is. */
function asOldVersionsWroteIt(file: string): void {
  const [id, sequence, entryBytes, bodyBytes] = basename(file).split("-");
  const [length, bytes] = [Number.parseInt(entryBytes!, 36), readFileSync(file)];
  const entry = bytes.subarray(0, length).toString();
  const said = entry === "apart" ? [["rescdn-apart", "1"]] : entry === "" ? [] : [["rescdn-entry", entry]];
  const head = Buffer.from(JSON.stringify([["cache-control", "max-age=2592000"], ...said]));
  rmSync(file);
  const name = [id, sequence, head.byteLength.toString(36), bodyBytes].join("-");
  writeFileSync(join(dirname(file), name), Buffer.concat([head, bytes.subarray(length)]));
}

const numbered = (count: number, bytes: number, suffix = "") =>
  Array.from({ length: count }, (_, index) => `/${bytes}/${index}${suffix}`);

describe("the local cache", () => {
  beforeAll(() => start());
  afterAll(stop);

  it("keeps nothing of a body that breaks off", async () => {
    const { files } = server!;
    const before = files().length;
    for (const path of ["/held/3000000/a", "/held/3000000/b-chunked"]) {
      const arrived = Promise.withResolvers<void>();
      held = { response: null as never, arrived: arrived.resolve };
      const cut = get(path).catch((error: unknown) => error);
      await arrived.promise;
      await eventually(() => files().length > before);
      held.response.destroy();
      held = null;
      expect(await cut).toBeInstanceOf(Error);
      await eventually(() => files().length === before);
    }
  });

  it("frees what was purged when it is asked for again, also where the new answer is not stored", async () => {
    const { disk, files } = server!;
    const before = { disk: disk(), files: files().length };
    const paths = ["/10000/a", "/3000000/b-chunked", "/20000/text.txt"];
    for (const path of paths) await stored(path);
    await get("/20000/text.txt", { "Accept-Encoding": "gzip" });
    await eventually(() => files().length === before.files + 5); // a body apart from its head, and a coding of its own
    storable = false;
    await server!.purge({ paths });
    for (const path of paths) expect((await get(path)).cache).not.toBe("HIT");
    await eventually(() => disk() === before.disk);
  });

  it("frees what is replaced by a new response", async () => {
    const { disk } = server!;
    for (const path of ["/10000/changing.txt?text", "/3000000/changing"]) {
      await stored(path);
      const before = disk();
      for (let round = 0; round < 3; round++) {
        await server!.purge({ paths: [path] });
        expect((await get(path)).cache).toBe("MISS");
        await eventually(async () => (await get(path)).cache === "HIT");
      }
      await eventually(() => disk() === before);
    }
  });

  it("passes on what is larger than all of it, and keeps the rest", async () => {
    const { disk } = server!;
    await stored("/1000/kept");
    for (const path of ["/20000000/big", "/20000000/big-chunked"]) {
      expect((await get(path)).body.equals(bodyOf(path))).toBe(true);
    }
    expect(disk()).toBeLessThanOrEqual(BOUND);
  });

  it("keeps what is asked for again, and lets go of what was asked for once", async () => {
    await stored("/200000/hot");
    for (let round = 0; round < 10; round++) {
      await getAll(numbered(8, 500_000, `-${round}`));
      expect((await get("/200000/hot")).cache).toBe("HIT");
    }
    expect(asked.filter((path) => path === "/200000/hot")).toHaveLength(1);
  });

  it("is bounded against one-byte ranges of a large object under ever new query strings", async () => {
    const { disk } = server!;
    const paths = Array.from({ length: 150 }, (_, index) => `/2097152/big?${index}`);
    for (const { status } of await getAll(paths, { Range: "bytes=0-0" })) expect(status).toBe(206);
    expect(disk()).toBeLessThanOrEqual(BOUND);
  });

  it("takes no more disk than CACHE_BYTES, nor more memory, while ten times as much is stored", async () => {
    const { port, disk } = server!;
    await getAll(numbered(10, MIB));
    const workerd = processListeningOn(port);
    const before = memoryOf(workerd).resident;
    let highest = 0;
    const watching = setInterval(() => {
      highest = Math.max(highest, disk());
    }, 5);
    const small = numbered(400, 50_000);
    const large = numbered(20, 3 * MIB, "-chunked");
    for (const body of [...(await getAll(small)), ...(await getAll(large))]) expect(body.status).toBe(200);
    clearInterval(watching);
    expect(highest).toBeGreaterThan(BOUND / 2);
    expect(highest).toBeLessThanOrEqual(BOUND);
    expect(memoryOf(workerd).resident - before).toBeLessThan(150 * MIB);
  });
});

describe("the local cache of a server that is started again", () => {
  beforeAll(() => start());
  afterAll(stop);

  it("finds what an older version has stored, which wrote all fields of a response before its body", async () => {
    const paths = ["/10000/a.txt", "/2000000/b-chunked", "/3000000/c.js"];
    const { files, restart } = server!;
    for (const path of paths) await stored(path);
    const coded = { "Accept-Encoding": "gzip" };
    const packed = await get(paths[2]!, coded);
    await eventually(() => files().length === 7); // of each of the larger ones the body apart, and a coding in two files
    for (const file of files()) asOldVersionsWroteIt(file);
    await restart();
    for (const path of paths) expect(await get(path)).toEqual({ status: 200, cache: "HIT", body: bodyOf(path) });
    expect(await get(paths[2]!, coded)).toEqual({ ...packed, cache: "HIT" });
    expect(asked).toEqual(paths);
  });

  it("finds small, large and chunked bodies again after a restart, whole and in parts", async () => {
    const { restart, disk } = server!;
    const paths = ["/0/empty", "/1/a", "/70000/b", "/1048576/c", "/2500000/d", "/2500000/e-chunked"];
    for (const path of paths) await stored(path);
    await restart();
    const before = disk();
    const count = asked.length;
    for (const path of paths) {
      const body = bodyOf(path);
      const whole = await get(path);
      expect([path, whole.cache, whole.body.equals(body)]).toEqual([path, "HIT", true]);
      if (body.byteLength < 1_000) continue;
      const part = await get(path, { Range: "bytes=100-60000" });
      expect([path, part.status, part.body.equals(body.subarray(100, 60_001))]).toEqual([path, 206, true]);
    }
    expect(asked).toHaveLength(count);
    expect(disk()).toBe(before);
  });

  it("makes itself smaller when it is started with a lower bound", async () => {
    const { restart, disk } = server!;
    await getAll(numbered(12, 500_000));
    await eventually(() => disk() > 4 * MIB);
    await restart("SIGTERM", { CACHE_BYTES: String(2 * MIB) });
    await eventually(() => disk() <= 2 * MIB);
  });
});

describe("the local cache of a server of its own", () => {
  afterEach(stop);

  it("leaves neither half a body nor a leaked file when it is killed while it writes", async () => {
    const { restart, files } = await start();
    for (const path of ["/held/3000000/a", "/held/3000000/b-chunked"]) {
      const arrived = Promise.withResolvers<void>();
      held = { response: null as never, arrived: arrived.resolve };
      const cut = get(path).catch((error: unknown) => error);
      await arrived.promise;
      await eventually(() => files().some((file) => file.includes("/.")));
      await restart("SIGKILL");
      held.response.destroy();
      held = null;
      await cut;
      expect(files()).toEqual([]);
    }
    for (const path of ["/held/3000000/a", "/held/3000000/b-chunked"]) {
      const again = await get(path);
      expect([again.cache, again.body.equals(bodyOf(path))]).toEqual(["MISS", true]);
    }
  });

  it("frees all of a zone that was purged of everything, at once or within a minute, asked for again or not", async () => {
    for (const workers of ["1", "2"]) {
      const { disk, purge, restart } = await start({ WORKERS: workers });
      for (const path of numbered(20, 100_000)) await stored(path);
      const before = disk();
      await purge({ everything: true });
      // Of one process, and of the tier of several, a cron looks after it, which runs at the start.
      await restart();
      expect(before).toBeGreaterThan(2_000_000);
      await eventually(() => disk() === 0);
      await server!.stop();
    }
  });
});
