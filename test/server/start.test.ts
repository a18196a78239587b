import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, lstat, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/server/project.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A copy of the project: the command keeps its secrets and its state in the project's own folder. */
const copy = temporaryFolder("start");

beforeAll(async () => {
  await chmod(copy, 0o755);
  for (const name of ["src", "package.json", "tsconfig.json", "wrangler.toml"]) {
    await cp(join(projectRoot, name), join(copy, name), { recursive: true });
  }
  await symlink(join(projectRoot, "node_modules"), join(copy, "node_modules"));
});

describe("npm start", () => {
  it("keeps secrets, keys and state to its user, in a .dev.vars too that was open to others", async () => {
    const secrets = join(copy, ".dev.vars");
    await writeFile(secrets, "# by hand\n", { mode: 0o644 });
    await mkdir(join(copy, ".wrangler/state/v3"), { recursive: true });
    await chmod(join(copy, ".wrangler/state/v3"), 0o755);

    const child = spawn(process.execPath, ["src/server/start.ts"], {
      cwd: copy,
      env: { ...process.env, PORT: String(await freePort()) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [output, errors] = [text(child.stdout), text(child.stderr)];
    const exit = once(child, "exit");
    try {
      const [introduction] = (await Promise.race([once(child.stdout, "data"), exit.then(() => [""])])) as [Buffer | ""];
      expect(String(introduction), introduction === "" ? await errors : "").toContain("export RESCDN_KEY=");
      expect(await readFile(secrets, "utf8")).toMatch(
        /^# by hand\nADMIN_TOKEN=.+\nDNS_BRIDGE_SECRET=.+\nSECRETS_KEY=.+\nSIGN_IN_SECRET=.+\nRESCDN_KEY=.+\nRESOLVEDB_KEY=.+\n$/,
      );
      const state = join(copy, ".wrangler/state");
      const inside = (await readdir(state, { recursive: true })).map((name) => join(state, name));
      expect(inside.length).toBeGreaterThan(20);
      for (const path of [secrets, ...inside]) expect([path, await openTo(path)]).toEqual([path, 0]);
    } finally {
      child.kill("SIGTERM");
      await exit;
      await output;
    }
    // What it calls itself to set up the demo is no event for who reads its greeting.
    expect(await errors).toBe("");
  });

  it("says that it takes no other folder for its state", async () => {
    const env = { ...process.env, STATE_DIR: join(copy, "elsewhere") };
    const child = spawn(process.execPath, ["src/server/start.ts"], {
      cwd: copy,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect([code, errors]).toEqual([
      1,
      "npm start keeps its state in .wrangler/state: to choose a folder with STATE_DIR, use npm run serve\n",
    ]);
  });
});

/** The bits of a file's mode that are for others than its user. */
async function openTo(path: string): Promise<number> {
  return ((await lstat(path).catch(() => null))?.mode ?? 0) & 0o077;
}

/** A free port whose next one is free as well: the demo's origin listens there. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listenable(0);
    if (port !== null && (await listenable(port + 1)) !== null) return port;
  }
}

/** The port, which 0 leaves to the system; null: it is taken. */
async function listenable(wanted: number): Promise<number | null> {
  const server = createServer().listen(wanted, "127.0.0.1");
  const isListening = once(server, "listening").then(
    () => true,
    () => false,
  );
  if (!(await isListening)) return null;
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
