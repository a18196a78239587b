/** `npm start`: the whole CDN on this machine, with an origin, an account and a zone to try it with. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { newKeyring } from "../secrets/keyring.ts";
import { CannotStart } from "./cannot-start.ts";
import {
  cacheBytesFromEnvironment,
  fail,
  logAsEnvironmentSays,
  onEndSignal,
  outliveReaders,
  portFromEnvironment,
  refuseBrokenKeyring,
  refuseWeakSecret,
  say,
} from "./command.ts";
import { type DemoKeys, demoKeys, demoSignInLink, demoZone } from "./demo-account.ts";
import { demoOrigin } from "./demo-origin.ts";
import { devVar, rememberDevVar } from "./dev-vars.ts";
import { keepKeyring, keptKeyring } from "./kept-keyring.ts";
import { watchDiskOf } from "./log/disk-trouble.ts";
import { logAs } from "./log/print.ts";
import { keepFilesPrivate } from "./private-files.ts";
import { projectRoot } from "./project.ts";
import { startRuntime } from "./runtime.ts";
import { requireRoom } from "./state-disk.ts";
import { lockState } from "./state-lock.ts";
import { startToolchain } from "./toolchain.ts";

if (process.env.STATE_DIR)
  fail("npm start keeps its state in .wrangler/state: to choose a folder with STATE_DIR, use npm run serve");
logAsEnvironmentSays();
logAs({ level: "warn" }); // its own calls, which set up the demo, are of no interest to its reader
const port = portFromEnvironment(8787);
const originPort = port + 1;
const zone = "demo";

keepFilesPrivate();
outliveReaders();
onEndSignal();
const adminToken = secretOf("ADMIN_TOKEN");
const bridgeSecret = secretOf("DNS_BRIDGE_SECRET");
const keyring = devVar("SECRETS_KEY") ?? newKeyring();
if (devVar("SECRETS_KEY") === null) rememberDevVar("SECRETS_KEY", keyring);
refuseBrokenKeyring(keyring);
const signInSecret = secretOf("SIGN_IN_SECRET");

const origin = demoOrigin();
origin.on("error", () =>
  fail(`port ${originPort} for the demo origin is taken: choose another PORT (origin: PORT + 1)`),
);
origin.listen(originPort, "127.0.0.1");
await once(origin, "listening");

try {
  const stateDir = join(projectRoot, ".wrangler/state");
  requireRoom(stateDir);
  lockState(stateDir);
  watchDiskOf(stateDir);
  // So that `npm run serve` can be started on the same state.
  keepKeyring(stateDir, keyring);
  const tools = startToolchain();
  const runtime = await startRuntime({
    host: "127.0.0.1",
    port,
    stateDir,
    cacheBytes: cacheBytesFromEnvironment(),
    tools,
    vars: {
      ADMIN_TOKEN: adminToken,
      DNS_BRIDGE_SECRET: bridgeSecret,
      SECRETS_KEY: keptKeyring(stateDir, keyring),
      SIGN_IN_SECRET: signInSecret,
      SIGN_UP: "open",
      ALLOW_PRIVATE_ORIGINS: "true",
      TRUSTED_PROXIES: "",
    },
  });
  onEndSignal(runtime.stop);
  tools.end();
  void runtime.lost.then((reason) => fail(reason));

  const api = { url: runtime.url, adminToken };
  const known = { rescdn: devVar("RESCDN_KEY"), resolvedb: devVar("RESOLVEDB_KEY") };
  const keys = await demoKeys(api, known);
  if (keys.rescdn !== known.rescdn) rememberDevVar("RESCDN_KEY", keys.rescdn);
  if (keys.resolvedb !== known.resolvedb) rememberDevVar("RESOLVEDB_KEY", keys.resolvedb);
  await demoZone(api, keys.rescdn, zone, `http://127.0.0.1:${originPort}`);
  say(introduction(keys, await demoSignInLink(api, keys.rescdn, `http://localhost:${port}`)));
  logAs({ level: "info" });
} catch (error) {
  if (error instanceof CannotStart) fail(error.message);
  throw error;
}

/** A secret from an earlier start, or a new one. */
function secretOf(name: "ADMIN_TOKEN" | "DNS_BRIDGE_SECRET" | "SIGN_IN_SECRET"): string {
  const known = devVar(name);
  const secret = known ?? randomBytes(32).toString("hex");
  if (known === null) rememberDevVar(name, secret);
  refuseWeakSecret(name, secret);
  return secret;
}

function introduction(keys: DemoKeys, signInLink: string): string {
  const host = `http://localhost:${port}`;
  const api = `${host}/v1`;
  const records = `${host}/api/v1/records`;
  const bearer = `-H "Authorization: Bearer $RESOLVEDB_KEY"`;
  const edge = `http://${zone}.rescdn.localhost:${port}`;
  const authenticated = `-H "X-ResCDN-Key: $RESCDN_KEY"`;
  const head = `curl -s -o /dev/null -D - ${edge}/assets/reset.css`;
  return `
ResCDN listens on http://localhost:${port}; Ctrl-C ends it, its state stays in .wrangler/state.
The dashboard, signed in (the link works once): ${signInLink}
The zone "${zone}" serves ${edge}/ from http://127.0.0.1:${originPort}, which lists its assets there.

export RESCDN_KEY=${keys.rescdn}
export RESOLVEDB_KEY=${keys.resolvedb}
export RESCDN_API=${host}

# the command line, with these keys
npx rescdn zones ls

# your zones
curl ${api}/zones ${authenticated}

# a zone of your own
curl -X POST ${api}/zones ${authenticated} -H "Content-Type: application/json" \\
  -d '{"name":"my-assets","origin":"http://127.0.0.1:${originPort}"}'

# an asset, twice: X-Cache says MISS, then HIT
${head}
${head}

# purged, the next one is a MISS again
curl "${api}/purge?zone=${zone}&path=/assets/reset.css" ${authenticated}
${head}

# a record, and what its name answers over DNS
curl -X POST ${records} ${bearer} -H "Content-Type: application/json" \\
  -d '{"record":{"key":"config.demo.v1","data":"eyJkYXRhYmFzZSI6InBvc3RncmVzIn0=","ttl":60}}'
curl "${host}/resolve?name=get.config.demo.v1.resolvedb.net&type=TXT"

# your records
curl ${records} ${bearer}
`;
}
