import { chmod, lstat, mkdir, mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processTree } from "../bench/process-stat.ts";
import { listeningSockets } from "./attack/listening.ts";
import { attack, type Loot } from "./attack/local-user.ts";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
/** Debian's `nobody`. */
const OTHER_USER = 65_534;
const isRoot = process.getuid?.() === 0;
const NOTHING = { methods: {}, requests: {}, debugger: {} } satisfies Loot;

describe("npm run serve", () => {
  it("closes what it finds in its folder, made by a server that was less careful", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rescdn-users-"));
    await mkdir(join(folder, "v3/d1"), { recursive: true });
    for (const path of [folder, join(folder, "v3"), join(folder, "v3/d1")]) await chmod(path, 0o755);
    const server = await startServe({ STATE_DIR: folder, ADMIN_TOKEN });
    expect(await openTo(join(folder, "v3"))).not.toContain(join(folder, "v3"));
    expect(await server.stop()).toBe(0);
    await rm(folder, { recursive: true, force: true });
  });
});

describe.each(["1", "2"])("npm run serve with WORKERS=%s, on a machine with other users", (workers) => {
  const folder = temporaryFolder("users");
  let server: ServeProcess;

  beforeAll(async () => {
    server = await startServe({ STATE_DIR: join(folder, "state"), ADMIN_TOKEN, WORKERS: workers });
    const headers = { "X-ResCDN-Key": (await newAccount(server.port)).live };
    const body = { name: "shop", origin: "https://shop.example.com" };
    expect((await request(server.port, API, "/v1/zones", { method: "POST", headers, body })).status).toBe(201);
  });

  afterAll(() => server?.stop());

  it("listens on one port, for clients; the rest are Unix sockets in a folder that is its user's", async () => {
    const sockets = await listeningSockets(server.pid);
    const ports = sockets.filter((address) => !address.startsWith("unix:"));
    expect([...new Set(ports)]).toEqual([`127.0.0.1:${server.port}`]);
    const folders = new Set(unixPaths(sockets).map(dirname));
    expect(folders.size).toBe(1);
    for (const path of folders) expect(await openTo(path)).toEqual([]);
  });

  it.skipIf(!isRoot)(
    "gives another user nothing on any of its sockets (needs root, to become another user)",
    async () => {
      const sockets = await listeningSockets(server.pid);
      const loot = await attack(await programOf(server), sockets, OTHER_USER);
      expect(loot).toEqual(Object.fromEntries(sockets.map((address) => [address, NOTHING])));
    },
  );

  it("would have given it all to the same attack by its own user, but on the port of clients", async () => {
    const sockets = await listeningSockets(server.pid);
    const loot = await attack(await programOf(server), sockets, null);
    expect(loot[`127.0.0.1:${server.port}`]).toEqual(NOTHING);
    const rows = { "/batch 0": { status: 200, text: expect.stringContaining('"name":"accounts"') } };
    expect(loot[named(sockets, workers === "1" ? "server-caretaker" : "control-caretaker")]?.requests).toMatchObject(
      rows,
    );
    if (workers === "1") return;
    const prepare = { results: expect.arrayContaining([{ name: "accounts" }]) };
    expect(loot[named(sockets, "storage-Database")]?.methods).toMatchObject({ prepare });
    expect(loot[named(sockets, "storage-Documents")]?.methods).toMatchObject({ get: {}, put: "written" });
  });

  it("takes no CONNECT for a session in which methods are called, and no request.cf, from a client", async () => {
    const session = "miniflare-unsafe-internal-capnp-connect";
    expect(await firstLine(server.port, `CONNECT ${session} HTTP/1.1\r\nHost: ${session}\r\n\r\n`)).not.toMatch(
      / 2\d\d /,
    );
    const headers = { "MF-CF-Blob": "{ not JSON" };
    expect((await request(server.port, API, "/health", { headers })).status).toBe(200);
  });

  it("keeps its files and folders to its user, those that are made while it runs too", async () => {
    for (const path of ["/a.css", "/b.css"]) await request(server.port, "shop.rescdn.localhost", path);
    expect(await openTo(join(folder, "state"))).toEqual([]);
  });
});

/** The path of the workerd that a server runs on. */
function programOf(server: ServeProcess): Promise<string> {
  return readlink(`/proc/${processTree(server.pid, "workerd")[0]}/exe`);
}

/** The first line that a server answers to raw bytes. */
function firstLine(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("latin1").on("error", reject);
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
    socket.on("data", (text: string) => {
      answer += text;
      if (answer.includes("\r\n")) socket.destroy();
    });
  });
}

function unixPaths(sockets: readonly string[]): string[] {
  // What begins with @ is a name without a file: it keeps the port from other servers, and answers nobody.
  return sockets.flatMap((address) => (address.startsWith("unix:/") ? address.slice("unix:".length) : []));
}

function named(sockets: readonly string[], name: string): string {
  return sockets.find((address) => address.endsWith(`/${name}`)) ?? "";
}

/** What in a folder, itself included, anybody but its user may do anything with. */
async function openTo(folder: string): Promise<string[]> {
  const inside = await readdir(folder, { recursive: true });
  const paths = [folder, ...inside.map((name) => join(folder, name))];
  const modes = await Promise.all(
    paths.map(async (path) => ((await lstat(path).catch(() => null))?.mode ?? 0) & 0o077),
  );
  return paths.filter((_, index) => modes[index] !== 0);
}
