/** `npm run dns`: DNS over UDP and TCP, for ordinary resolvers, answered by asking a DoH endpoint. */
import { fail, onEndSignal, portFromEnvironment } from "./command.ts";
import { BindFailed, startBridge } from "./dns/bridge.ts";
import { dohClient } from "./dns/doh-client.ts";

const { HOST, DOH_URL } = process.env;
const upstream = DOH_URL || "http://127.0.0.1:8787/dns-query";
if (!URL.canParse(upstream) || !/^https?:$/.test(new URL(upstream).protocol)) {
  fail(`DOH_URL is not an http or https URL: ${upstream}`);
}

try {
  const bridge = await startBridge({
    host: HOST || "127.0.0.1",
    port: portFromEnvironment(5353),
    ask: dohClient(upstream),
  });
  onEndSignal(bridge.stop);
  console.log(`ready dns://${bridge.host}:${bridge.port} asking ${upstream}`);
} catch (error) {
  if (error instanceof BindFailed) fail(error.message);
  throw error;
}
