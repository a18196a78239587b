/** `npm run serve`: runs the built Worker on workerd, for one machine and for every measurement. */
import { CannotStart } from "./cannot-start.ts";
import {
  cacheBytesFromEnvironment,
  fail,
  hostFromEnvironment,
  logAsEnvironmentSays,
  onEndSignal,
  outliveReaders,
  portFromEnvironment,
  say,
  workersFromEnvironment,
} from "./command.ts";
import { startEdgeProcesses } from "./edge-processes.ts";
import { keptKeyring } from "./kept-keyring.ts";
import { watchDiskOf } from "./log/disk-trouble.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { startRuntime } from "./runtime.ts";
import { stateDirFromEnvironment } from "./state-dir.ts";
import { requireRoom } from "./state-disk.ts";
import { lockState } from "./state-lock.ts";
import { startToolchain } from "./toolchain.ts";
import { variablesFromEnvironment } from "./worker-variables.ts";

logAsEnvironmentSays();
keepFilesPrivate();
outliveReaders();
onEndSignal();
try {
  const workers = workersFromEnvironment();
  const place = {
    host: hostFromEnvironment("127.0.0.1"),
    port: portFromEnvironment(8787),
    stateDir: stateDirFromEnvironment(),
    cacheBytes: cacheBytesFromEnvironment(),
  };
  requireRoom(place.stateDir);
  lockState(place.stateDir);
  watchDiskOf(place.stateDir);
  const tools = startToolchain();
  const vars = await variablesFromEnvironment(tools);
  const options = { ...place, vars: { ...vars, SECRETS_KEY: keptKeyring(place.stateDir, vars.SECRETS_KEY) }, tools };
  const runtime = await (workers === 1 ? startRuntime(options) : startEdgeProcesses(options, workers));
  onEndSignal(runtime.stop);
  tools.end();
  void runtime.lost.then((reason) => fail(reason));
  say(`ready ${runtime.url}`);
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}
