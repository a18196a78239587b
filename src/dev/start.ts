/** `npm start`: the whole CDN on this machine, with an origin, an account and a zone to try it on. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { fail, onEndSignal, portFromEnvironment } from "./command.ts";
import { demoKey, demoZone } from "./demo-account.ts";
import { demoOrigin } from "./demo-origin.ts";
import { devVar, rememberDevVar } from "./dev-vars.ts";
import { projectRoot } from "./project.ts";
import { AddressInUse, startRuntime } from "./runtime.ts";

const port = portFromEnvironment(8787);
const originPort = port + 1;
const zone = "demo";

let adminToken = devVar("ADMIN_TOKEN");
if (adminToken === null) {
  adminToken = randomBytes(32).toString("hex");
  rememberDevVar("ADMIN_TOKEN", adminToken);
}

const origin = demoOrigin();
origin.on("error", () =>
  fail(`port ${originPort} for the demo origin is taken: choose another PORT (origin: PORT + 1)`),
);
origin.listen(originPort, "127.0.0.1");
await once(origin, "listening");

try {
  const runtime = await startRuntime({
    host: "127.0.0.1",
    port,
    stateDir: join(projectRoot, ".wrangler/state"),
    vars: { ADMIN_TOKEN: adminToken, ALLOW_PRIVATE_ORIGINS: "true" },
  });
  onEndSignal(runtime.stop);

  const api = { url: runtime.url, adminToken };
  const known = devVar("RESCDN_KEY");
  const key = await demoKey(api, known);
  if (key !== known) rememberDevVar("RESCDN_KEY", key);
  await demoZone(api, key, zone, `http://127.0.0.1:${originPort}`);
  console.log(introduction(key));
} catch (error) {
  if (error instanceof AddressInUse) fail(error.message);
  throw error;
}

function introduction(key: string): string {
  const api = `http://localhost:${port}/v1`;
  const edge = `http://${zone}.rescdn.localhost:${port}`;
  const authenticated = `-H "X-ResCDN-Key: $RESCDN_KEY"`;
  const head = `curl -s -o /dev/null -D - ${edge}/assets/reset.css`;
  return `
ResCDN listens on http://localhost:${port}; Ctrl-C ends it, its state stays in .wrangler/state.
The zone "${zone}" serves ${edge}/ from http://127.0.0.1:${originPort}, which lists its assets there.

export RESCDN_KEY=${key}

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
`;
}
