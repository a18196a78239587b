import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { COMPILE_CACHE } from "./project.ts";
import type { Call, Outcome, Tools } from "./toolchain/process.ts";

/** wrangler, esbuild and Miniflare in a separate process. They take 300 MB, and a server needs them only until it runs. */
export type Toolchain = { [name in keyof Tools]: Asynchronous<Tools[name]> } & {
  /** Ends the process, and its work with it. */
  end(): void;
};

type Asynchronous<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;

export function startToolchain(): Toolchain {
  const program = fileURLToPath(new URL("toolchain/process.ts", import.meta.url));
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env };
  const child = fork(program, { serialization: "advanced", env });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  child.on("message", ({ id, value, error }: Outcome) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  child.on("exit", (code, signal) => {
    for (const call of waiting.values()) call.reject(new Error(`the build ended with ${signal ?? code}`));
  });
  return {
    readConfig: callOf(child, waiting, "readConfig"),
    workerOptions: callOf(child, waiting, "workerOptions"),
    builtWorker: callOf(child, waiting, "builtWorker"),
    splitSql: callOf(child, waiting, "splitSql"),
    workerdConfig: callOf(child, waiting, "workerdConfig"),
    // A signal that it could handle would make Miniflare remove files that workerd needs.
    end: () => void child.kill("SIGKILL"),
  };
}

function callOf<N extends keyof Tools>(
  child: ChildProcess,
  waiting: Map<number, PromiseWithResolvers<unknown>>,
  tool: N,
): Asynchronous<Tools[N]> {
  const call = (...args: unknown[]) => {
    const outcome = Promise.withResolvers<unknown>();
    const id = ++lastId;
    waiting.set(id, outcome);
    const message: Call = { id, tool, args };
    child.send(message, (error) => {
      if (error !== null) outcome.reject(error);
    });
    return outcome.promise;
  };
  return call as unknown as Asynchronous<Tools[N]>;
}

let lastId = 0;
