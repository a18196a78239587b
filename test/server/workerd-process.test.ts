import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startWorkerd } from "../../src/server/workerd-process.ts";
import { processTree } from "../bench/process-stat.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = temporaryFolder("workerd");

/** A program in the place of workerd, that runs these lines. */
async function program(...lines: string[]) {
  const file = join(folder, crypto.randomUUID());
  await writeFile(file, ["#!/bin/sh", ...lines].join("\n"), { mode: 0o700 });
  return { file, config: new Uint8Array() };
}

const LISTENS = `echo '{"event":"listen","socket":"entry","port":0}' >&3`;

function optionsOf(name: string) {
  const lost = Promise.withResolvers<string>();
  const gone = vi.fn();
  return {
    name,
    addresses: [],
    sockets: 1,
    prepare: () => null,
    gone,
    lost: lost.resolve,
    temporary: folder,
    isLost: lost.promise,
  };
}

describe("startWorkerd()", () => {
  it("rejects with a sentence where the process ends before it listens", async () => {
    const options = optionsOf("edge-1");
    await expect(startWorkerd(await program("exit 3"), options)).rejects.toThrow(
      "the process edge-1 ended with 3 before it listened",
    );
    expect(options.gone).toHaveBeenCalledOnce();
  });

  it("starts a process anew that was killed, and says so when it can no longer be started", async () => {
    const said = vi.spyOn(process.stderr, "write").mockImplementation(() => true);
    const options = optionsOf("edge-2");
    const works = join(folder, "works");
    await writeFile(works, "");
    await startWorkerd(await program(`test -e ${works} || exit 4`, LISTENS, "exec sleep 300"), options);
    const running = () => processTree(process.pid, "sleep");
    const [first] = running();
    process.kill(first!, "SIGKILL");
    await expect.poll(running).not.toContain(first);
    await expect.poll(running).toHaveLength(1);
    await rm(works);
    process.kill(running()[0]!, "SIGKILL");
    expect(await options.isLost).toBe("the process edge-2 can no longer be started");
    expect(said).toHaveBeenCalledWith(expect.stringContaining("it ended with SIGKILL, and is started again"));
    said.mockRestore();
  });

  it("kills a process that does not end in time, and starts none anew", async () => {
    const options = optionsOf("edge-3");
    const workerd = await startWorkerd(
      await program("trap '' TERM", LISTENS, "sleep 300 & wait", "sleep 300"),
      options,
    );
    const since = performance.now();
    await workerd.drain(200);
    expect(performance.now() - since).toBeGreaterThanOrEqual(195);
    expect(options.gone).toHaveBeenCalledOnce();
    for (const pid of processTree(process.pid, "sleep")) process.kill(pid, "SIGKILL");
  });
});
