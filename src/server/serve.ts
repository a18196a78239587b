/** `npm run serve`: the built Worker on workerd, for one machine and for every measurement. */
import { resolve } from "node:path";
import { CannotListen } from "./cannot-listen.ts";
import {
  cacheBytesFromEnvironment,
  fail,
  hostFromEnvironment,
  logAsEnvironmentSays,
  onEndSignal,
  portFromEnvironment,
  say,
  workersFromEnvironment,
} from "./command.ts";
import { startEdgeProcesses } from "./edge-processes.ts";
import { watchDiskOf } from "./log/disk-trouble.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot } from "./project.ts";
import { startRuntime } from "./runtime.ts";
import { DiskTakesNothing, requireRoom } from "./state-disk.ts";
import { lockState, StateInUse } from "./state-lock.ts";
import { variablesFromEnvironment } from "./worker-variables.ts";

const { STATE_DIR } = process.env;

logAsEnvironmentSays();
const vars = variablesFromEnvironment();

keepFilesPrivate();
try {
  const workers = workersFromEnvironment();
  const options = {
    host: hostFromEnvironment("127.0.0.1"),
    port: portFromEnvironment(8787),
    stateDir: STATE_DIR ? resolve(STATE_DIR) : resolve(projectRoot, ".wrangler/state"),
    cacheBytes: cacheBytesFromEnvironment(),
    vars,
  };
  requireRoom(options.stateDir);
  lockState(options.stateDir);
  watchDiskOf(options.stateDir);
  const runtime = await (workers === 1 ? startRuntime(options) : startEdgeProcesses(options, workers));
  onEndSignal(runtime.stop);
  say(`ready ${runtime.url}`);
} catch (error) {
  if (error instanceof CannotListen || error instanceof StateInUse || error instanceof DiskTakesNothing)
    fail(error.message);
  throw error;
}
