/** `npm run dns`: DNS over UDP and TCP, for ordinary resolvers, answered by asking a DoH endpoint. */
import {
  fail,
  logAsEnvironmentSays,
  onEndSignal,
  outliveReaders,
  portFromEnvironment,
  refuseWeakSecret,
  say,
} from "./command.ts";
import { devVar } from "./dev-vars.ts";
import { BindFailed, startBridge } from "./dns/bridge.ts";
import { dohClient } from "./dns/doh-client.ts";
import { report } from "./log/report.ts";

logAsEnvironmentSays();
const { HOST, DOH_URL } = process.env;
const upstream = DOH_URL || "http://127.0.0.1:8787/dns-query";
if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol)) {
  fail(`DOH_URL is not an http or https URL: ${upstream}`);
}
// The secret of `npm start` is for its own endpoint only.
const secret = process.env.DNS_BRIDGE_SECRET || (DOH_URL ? null : devVar("DNS_BRIDGE_SECRET"));
if (secret !== null) refuseWeakSecret("DNS_BRIDGE_SECRET", secret);

outliveReaders();
try {
  const bridge = await startBridge({
    host: HOST || "127.0.0.1",
    port: portFromEnvironment(5353),
    ask: dohClient(upstream, secret),
  });
  onEndSignal(bridge.stop);
  if (secret === null) report("bridge_has_no_secret");
  say(`ready dns://${bridge.host}:${bridge.port} asking ${upstream}`);
} catch (error) {
  if (error instanceof BindFailed) fail(error.message);
  throw error;
}
