/** `npm run serve`: the built Worker on workerd, for one machine and for every measurement. */
import { resolve } from "node:path";
import { AddressInUse } from "./address-in-use.ts";
import {
  cacheBytesFromEnvironment,
  fail,
  onEndSignal,
  portFromEnvironment,
  refuseWeakToken,
  trustedProxiesFromEnvironment,
  workersFromEnvironment,
} from "./command.ts";
import { startEdgeProcesses } from "./edge-processes.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot } from "./project.ts";
import { startRuntime } from "./runtime.ts";

const { HOST, STATE_DIR } = process.env;

const passedOn = [
  "ADMIN_TOKEN",
  "ALLOW_PRIVATE_ORIGINS",
  "ALLOW_HTTP_ORIGINS",
  "MEMORY_BYTES",
  "MEMORY_OBJECT_BYTES",
  "STALLED_CLIENT_MS",
  "CLOUDFLARE_API_TOKEN",
  "CLOUDFLARE_ZONE_ID",
  "CLOUDFLARE_API_BASE",
] as const;
const vars: Record<string, string> = { TRUSTED_PROXIES: trustedProxiesFromEnvironment() };
for (const name of passedOn) {
  const value = process.env[name];
  if (value !== undefined) vars[name] = value;
}
refuseWeakToken(vars.ADMIN_TOKEN);

keepFilesPrivate();
try {
  const workers = workersFromEnvironment();
  const options = {
    host: HOST || "127.0.0.1",
    port: portFromEnvironment(8787),
    stateDir: STATE_DIR ? resolve(STATE_DIR) : resolve(projectRoot, ".wrangler/state"),
    cacheBytes: cacheBytesFromEnvironment(),
    vars,
  };
  const runtime = await (workers === 1 ? startRuntime(options) : startEdgeProcesses(options, workers));
  onEndSignal(runtime.stop);
  console.log(`ready ${runtime.url}`);
} catch (error) {
  if (error instanceof AddressInUse) fail(error.message);
  throw error;
}
