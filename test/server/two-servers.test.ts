import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../src/server/project.ts";
import { ServeFailed, startServe, stopServers } from "./serve-process.ts";
import { serverOf } from "./stops/ways.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder("two");

afterAll(() => stopServers());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const failureOf = (started: Promise<unknown>) =>
  started.then(
    () => "started",
    (error: unknown) => (error instanceof ServeFailed ? `${error.exitCode}: ${error.stderr}` : String(error)),
  );

describe("a folder of state", () => {
  it("is one server's alone, by whatever path another comes, until the server ends or is killed", {
    timeout: 300_000,
  }, async () => {
    const state = join(folder, "one");
    const first = await startServe({ STATE_DIR: state });
    await symlink(state, join(folder, "link"));
    for (const path of [join(folder, "link"), `${relative(projectRoot, state)}/`]) {
      const said = await failureOf(startServe({ STATE_DIR: path, WORKERS: "2" }));
      expect(said).toMatch(
        /^1: another server keeps its state in \S+: stop it, or choose another folder with STATE_DIR\n$/,
      );
    }
    process.kill(serverOf(first), "SIGKILL");
    await first.ended;
    const second = await startServe({ STATE_DIR: state });
    expect(await second.stop()).toBe(0);
  });

  it("goes to one of several processes that want it at the same moment", async () => {
    const lock = `const { lockState } = await import(${JSON.stringify(join(projectRoot, "src/server/state-lock.ts"))});
      process.stdin.once("data", () => {
        try { lockState(process.argv[1]); console.log("mine"); } catch (error) { console.log(error.constructor.name); }
      });
      console.log("ready");`;
    for (let round = 0; round < 5; round++) {
      const state = join(folder, `race-${round}`);
      const rivals = Array.from({ length: 4 }, () =>
        spawn(process.execPath, ["--input-type=module", "-e", lock, state], { stdio: ["pipe", "pipe", "inherit"] }),
      );
      await Promise.all(rivals.map(({ stdout }) => new Promise((resolve) => stdout.once("data", resolve))));
      const answers = rivals.map(
        ({ stdout }) => new Promise((resolve) => stdout.once("data", (said) => resolve(String(said)))),
      );
      for (const { stdin } of rivals) stdin.write("now");
      expect((await Promise.all(answers)).toSorted()).toEqual([
        "StateInUse\n",
        "StateInUse\n",
        "StateInUse\n",
        "mine\n",
      ]);
      for (const rival of rivals) rival.kill("SIGKILL");
    }
  });

  it("is named in one line where it cannot be used", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    await mkdir(join(folder, "locked/server.lock"), { recursive: true });
    await mkdir(join(folder, "foreign"));
    await writeFile(
      join(folder, "foreign/server.lock"),
      "12345, which some other program has written here\n".repeat(99),
    );
    for (const path of [file, join(file, "below"), join(folder, "locked"), join(folder, "foreign"), "/proc/none"]) {
      expect(await failureOf(startServe({ STATE_DIR: path }))).toMatch(
        new RegExp(
          `^1: ${path} (cannot hold the state of a server|cannot be written to) \\(.+\\): .*choose another folder with STATE_DIR\n$`,
        ),
      );
    }
    expect(await failureOf(startServe({ STATE_DIR: " blank" }))).toBe(
      '1: STATE_DIR begins or ends with a space: " blank"\n',
    );
  });
});

describe("a port", () => {
  it("is one server's alone, though several of them start at the same moment with several processes each", async () => {
    const port = String(await freePort());
    const rivals = ["2", "2", "1"].map((workers, index) =>
      startServe({ STATE_DIR: join(folder, `port-${index}`), PORT: port, WORKERS: workers }),
    );
    const outcomes = await Promise.all(rivals.map(failureOf));
    expect(outcomes.filter((outcome) => outcome === "started")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.startsWith(`1: port ${port} on 127.0.0.1 is taken: `))).toHaveLength(2);
  });
});

describe("npm run serve", () => {
  it.each([
    [{ HOST: "0" }, "HOST is neither an address nor a name: 0"],
    [{ HOST: "[::1" }, "HOST is neither an address nor a name: [::1"],
    [{ HOST: "127.0.0.1:80" }, "HOST is neither an address nor a name: 127.0.0.1:80"],
    [
      { HOST: "no-such-host.invalid" },
      "the name no-such-host.invalid is not known here: choose an address of this machine with HOST",
    ],
    [{ HOST: "192.0.2.1" }, "192.0.2.1 is not an address of this machine: choose another with HOST"],
    [{ PORT: "65536" }, "PORT is not a port number: 65536"],
    [{ PORT: " 80" }, "PORT is not a port number:  80"],
    [{ CACHE_BYTES: "1e9" }, "CACHE_BYTES is not a whole number of bytes, 1048576 or more: 1e9"],
    [{ MEMORY_BYTES: "abc" }, "MEMORY_BYTES is not a whole number of bytes: abc"],
    [{ MEMORY_BYTES: "99999999999999" }, "MEMORY_BYTES is more memory than there is: 99999999999999"],
    [{ API_HOSTS: " " }, "API_HOSTS names no host"],
    [{ ALLOW_PRIVATE_ORIGINS: "TRUE" }, "ALLOW_PRIVATE_ORIGINS is neither true nor false: TRUE"],
  ])("says in one line what is wrong with %j", async (env, sentence) => {
    const state = await mkdtemp(join(folder, "wrong-"));
    expect(await failureOf(startServe({ STATE_DIR: state, ...(env as Record<string, string>) }))).toBe(
      `1: ${sentence}\n`,
    );
  });

  it("says which setting was meant by a name that is none", async () => {
    const names = { MEMORY_BYTE: "1", WORKER: "2", trusted_proxies: "", PORTS: "1", CACHE_SIZE: "9" };
    const server = await startServe({ STATE_DIR: join(folder, "names"), ...names });
    await server.stop();
    const events = server
      .stderr()
      .split("\n")
      .filter((line) => line.includes('"setting_unknown"'));
    const meant = events.map((line) => JSON.parse(line) as { name: string; meant: string });
    expect(Object.fromEntries(meant.map((event) => [event.name, event.meant]))).toEqual({
      MEMORY_BYTE: "MEMORY_BYTES",
      PORTS: "PORT",
      WORKER: "WORKERS",
      trusted_proxies: "TRUSTED_PROXIES",
    });
  });
});
