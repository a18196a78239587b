import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { changeLocalObjects } from "../local-objects.ts";
import { boundPauses } from "../miniflare-options.ts";
import type { WorkerOptions } from "../worker-options.ts";

/** A workerd as Miniflare would start it. */
export interface WorkerdConfig {
  /** The program. */
  file: string;
  /** Its configuration, in Cap'n Proto's binary form, with all the code in it. */
  config: Uint8Array;
}

/** The program of Miniflare's own version. */
const { default: program } = createRequire(import.meta.resolve("miniflare"))("workerd") as { default: string };

const ExactBuffer = globalThis.ArrayBuffer;

/** From this size on, buffers get room to grow (bytes). */
const GROWING_BYTES = 1_048_576;

/**
 * A buffer that is twice as large as was asked for, if it is large. Miniflare writes the configuration into one buffer, which it
 * makes anew and copies for each few kilobytes more: with exact buffers, it copies megabytes of code some hundred times.
 */
class RoomyBuffer extends ExactBuffer {
  constructor(bytes = 0, options?: { maxByteLength?: number }) {
    super(bytes < GROWING_BYTES ? bytes : 2 * bytes, options);
  }
}

/**
 * Makes Miniflare produce a configuration: it starts a program that stores the configuration where it would start workerd.
 * Miniflare is not disposed of, because it would remove folders that workerd needs.
 *
 * @param stateFolder where the process keeps its state
 * @param temporary a folder that exists as long as the process runs
 */
export async function workerdConfig(
  stateFolder: string,
  temporary: string,
  workers: WorkerOptions[],
): Promise<WorkerdConfig> {
  boundPauses();
  changeLocalObjects();
  process.env.MINIFLARE_WORKERD_PATH = fileURLToPath(new URL("keep-config.sh", import.meta.url));
  process.env.TMPDIR = temporary;
  const file = join(temporary, `config-${crypto.randomUUID()}`);
  globalThis.ArrayBuffer = RoomyBuffer;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      host: "127.0.0.1",
      log: new Log(LogLevel.NONE),
      resourcePersistencePath: stateFolder,
      unsafeRuntimeEnv: { RESCDN_CONFIG: file },
      workers,
    }),
  );
  // To Miniflare, a workerd has failed to start.
  const failure = await miniflare.ready.catch((error: unknown) => error);
  globalThis.ArrayBuffer = ExactBuffer;
  const config = await readFile(file).catch(() => {
    throw failure;
  });
  await rm(file);
  return { file: program, config };
}
